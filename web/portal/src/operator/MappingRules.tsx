// SPDX-License-Identifier: Apache-2.0

import { Button } from "@convoke/ui";
import { useState } from "react";
import { licences, type MappingRule, matches, ruleRoles } from "../api";
import { licenceNames, matchNames, roleNames } from "./names";
import { useKeys } from "./useKeys";

interface MappingRulesProps {
  rules: MappingRule[];
  onChange: (rules: MappingRule[]) => void;
}

/** What people get for a value; the first rule from the top that matches counts. */
export function MappingRules({ rules, onChange }: MappingRulesProps) {
  const keys = useKeys(rules.length);
  const put = (at: number, part: Partial<MappingRule>) =>
    onChange(rules.map((rule, i) => (i === at ? { ...rule, ...part } : rule)));
  const raise = (at: number) => {
    keys.swap(at - 1, at);
    const list = [...rules];
    list.splice(at - 1, 0, ...list.splice(at, 1));
    onChange(list);
  };
  const remove = (at: number) => {
    keys.remove(at);
    onChange(rules.filter((_, i) => i !== at));
  };
  return (
    <section className="card mapping__part" aria-label="Rules">
      <h2>Rules</h2>
      <p className="mapping__hint">
        Read from the top: for licence, role and groups each, the first rule counts that matches and
        gives some. Where none does, people keep what they have. Of the groups that rules name, a
        person is in those of that rule and in no other.
      </p>
      <ol className="mapping__lines">
        {rules.map((rule, i) => (
          <li key={keys.at(i)} className="mapping__rule" data-testid="mapping-rule">
            <RuleFields rule={rule} number={i + 1} onChange={(part) => put(i, part)} />
            <Button
              size="sm"
              variant="quiet"
              aria-label={`Move rule ${i + 1} up`}
              disabled={i === 0}
              onClick={() => raise(i)}
              data-testid="rule-up"
            >
              Up
            </Button>
            <Button
              size="sm"
              variant="quiet"
              aria-label={`Remove rule ${i + 1}`}
              onClick={() => remove(i)}
            >
              Remove
            </Button>
            <RuleGifts rule={rule} number={i + 1} onChange={(part) => put(i, part)} />
          </li>
        ))}
      </ol>
      <div>
        <Button size="sm" onClick={() => onChange([...rules, { ...blank }])} data-testid="rule-add">
          Add a rule
        </Button>
      </div>
    </section>
  );
}

const blank: MappingRule = {
  attribute: "groups",
  match: "contains",
  value: "",
  license_type: "licensed",
  role: "",
};

interface RuleFieldsProps {
  rule: MappingRule;
  number: number;
  onChange: (part: Partial<MappingRule>) => void;
}

function RuleFields({ rule, number, onChange }: RuleFieldsProps) {
  return (
    <>
      <input
        className="cv-input"
        aria-label={`Attribute of rule ${number}`}
        value={rule.attribute}
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => onChange({ attribute: event.target.value })}
        data-testid="rule-attribute"
      />
      <select
        className="cv-input cv-input--select"
        aria-label={`Match of rule ${number}`}
        value={rule.match}
        onChange={(event) => onChange({ match: event.target.value as MappingRule["match"] })}
        data-testid="rule-match"
      >
        {matches.map((match) => (
          <option key={match} value={match}>
            {matchNames[match]}
          </option>
        ))}
      </select>
      <input
        className="cv-input"
        aria-label={`Value of rule ${number}`}
        value={rule.value}
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => onChange({ value: event.target.value })}
        data-testid="rule-value"
      />
    </>
  );
}

/** What the rule gives to whom it matches. */
function RuleGifts({ rule, number, onChange }: RuleFieldsProps) {
  return (
    <div className="mapping__gifts">
      <select
        className="cv-input cv-input--select"
        aria-label={`Licence of rule ${number}`}
        value={rule.license_type}
        onChange={(event) =>
          onChange({ license_type: event.target.value as MappingRule["license_type"] })
        }
        data-testid="rule-licence"
      >
        <option value="">Licence as it is</option>
        {licences.map((licence) => (
          <option key={licence} value={licence}>
            {licenceNames[licence]}
          </option>
        ))}
      </select>
      <select
        className="cv-input cv-input--select"
        aria-label={`Role of rule ${number}`}
        value={rule.role}
        onChange={(event) => onChange({ role: event.target.value as MappingRule["role"] })}
        data-testid="rule-role"
      >
        <option value="">Role as it is</option>
        {ruleRoles.map((role) => (
          <option key={role} value={role}>
            {roleNames[role]}
          </option>
        ))}
      </select>
      <GroupNames rule={rule} number={number} onChange={onChange} />
    </div>
  );
}

function GroupNames({ rule, number, onChange }: RuleFieldsProps) {
  const [text, setText] = useState((rule.groups ?? []).join("\n"));
  return (
    <textarea
      className="cv-input mapping__groups"
      aria-label={`Groups of rule ${number}, one a line`}
      placeholder="Groups as they are; else one a line"
      rows={text.split("\n").length}
      value={text}
      spellCheck={false}
      onChange={(event) => {
        setText(event.target.value);
        onChange({ groups: namesIn(event.target.value) });
      }}
      data-testid="rule-groups"
    />
  );
}

/** The names that stand on the lines of a text. */
function namesIn(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
