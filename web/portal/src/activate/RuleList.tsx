// SPDX-License-Identifier: Apache-2.0

import { Check, Circle } from "lucide-react";
import type { Activation } from "../api";
import { keeps } from "./rules";

interface RuleListProps {
  id: string;
  rules: Activation["password_rules"];
  password: string;
}

/** The rules for the password, ticked off while the person types. */
export function RuleList({ id, rules, password }: RuleListProps) {
  return (
    <ul id={id} className="rules" aria-label="The password needs">
      {rules.map(({ code, text }) => {
        const kept = keeps(code, password) === true;
        return (
          <li key={code} data-code={code} data-kept={kept}>
            {kept ? (
              <Check size={16} aria-hidden="true" />
            ) : (
              <Circle size={16} aria-hidden="true" />
            )}
            <span>{text}</span>
            <span className="visually-hidden">{kept ? "fulfilled" : "not yet fulfilled"}</span>
          </li>
        );
      })}
    </ul>
  );
}
