// SPDX-License-Identifier: Apache-2.0

import { Check, Circle, Info } from "lucide-react";
import type { Activation } from "../api";
import { keeps } from "./rules";

interface RuleListProps {
  id: string;
  rules: Activation["password_rules"];
  password: string;
}

/**
 * The rules for the password, ticked off while the person types. A rule that only
 * the server can check is a hint: it has no tick that could stay away.
 */
export function RuleList({ id, rules, password }: RuleListProps) {
  return (
    <ul id={id} className="rules" aria-label="The password needs">
      {rules.map(({ code, text }) => {
        const kept = keeps(code, password);
        return (
          <li key={code} data-code={code} data-kept={kept}>
            <Mark kept={kept} />
            <span>{text}</span>
            {kept !== undefined && (
              <span className="visually-hidden">{kept ? "fulfilled" : "not yet fulfilled"}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Mark({ kept }: { kept: boolean | undefined }) {
  const Icon = kept === undefined ? Info : kept ? Check : Circle;
  return <Icon size={16} aria-hidden="true" />;
}
