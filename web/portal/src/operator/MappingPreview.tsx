// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Field, formatMoment, Select } from "@convoke/ui";
import { useId, useState } from "react";
import { type Assertion, api, type Mapping, type SignInPreview } from "../api";
import { useAct } from "../useAct";
import { fieldName } from "./names";

interface MappingPreviewProps {
  /** As it stands on the page, saved or not. */
  mapping: Mapping;
  assertions: Assertion[];
}

/** What would become of a past sign-in, or of one that is typed. Nothing is changed. */
export function MappingPreview({ mapping, assertions }: MappingPreviewProps) {
  const [past, setPast] = useState(assertions[0]?.id ?? "");
  const [subject, setSubject] = useState("");
  const [typed, setTyped] = useState("");
  const [preview, setPreview] = useState<SignInPreview>();
  const [busy, run] = useAct();
  const chosen = assertions.find((one) => one.id === past);
  const show = () =>
    run(async () =>
      setPreview(
        await api.previewMapping(
          mapping,
          past === "" ? { subject, attributes: readLines(typed) } : { assertion_id: past },
        ),
      ),
    );
  return (
    <section className="card mapping__part" aria-label="Preview">
      <h2>Preview</h2>
      <p className="mapping__hint">
        Shows what the mapping above, saved or not, would make of a sign-in. Nothing is changed.
      </p>
      <Select
        label="Sign-in"
        value={past}
        onChange={(event) => setPast(event.target.value)}
        data-testid="preview-past"
      >
        {assertions.map((one) => (
          <option key={one.id} value={one.id}>
            {[personOf(one, mapping), formatMoment(one.at), one.code].filter(Boolean).join(" · ")}
          </option>
        ))}
        <option value="">One that I type</option>
      </Select>
      {past === "" && (
        <>
          <Field
            label="Subject"
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
            autoCapitalize="none"
            spellCheck={false}
            hint="The person’s key at the identity provider, the NameID of SAML."
            data-testid="preview-subject"
          />
          <Attributes value={typed} onChange={setTyped} />
        </>
      )}
      {chosen && <Received attributes={chosen.attributes} />}
      <div>
        <Button busy={busy} onClick={show} data-testid="preview-show">
          Preview
        </Button>
      </div>
      {preview && <Outcome preview={preview} />}
    </section>
  );
}

/** The e-mail as the mapping finds it, for subjects are often no names; else the subject. */
function personOf({ subject, attributes }: Assertion, { rows }: Mapping): string {
  const sources = rows.filter(({ field }) => field === "email");
  return sources.map(({ attribute }) => attributes[attribute]?.[0]).find(Boolean) ?? subject;
}

/** The attributes as the identity provider named them: what rows and rules can be about. */
function Received({ attributes }: Pick<Assertion, "attributes">) {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return <p className="mapping__hint">It came without attributes.</p>;
  return (
    <details>
      <summary data-testid="preview-received">What the identity provider sent</summary>
      <dl className="mapping__values mapping__received">
        {names.map((name) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd data-testid={`preview-received-${name}`}>{attributes[name]?.join(", ")}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Attributes({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="cv-field">
      <label htmlFor={id}>Attributes</label>
      <textarea
        id={id}
        className="cv-input mapping__typed"
        rows={4}
        value={value}
        spellCheck={false}
        autoCapitalize="none"
        placeholder={"email = jane@example.com\ngroups = hosts"}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={`${id}-note`}
        data-testid="preview-attributes"
      />
      <p id={`${id}-note`} className="cv-field__hint">
        One value a line: name = value. A name may come again.
      </p>
    </div>
  );
}

/** Reads lines of `name = value`; a name may come again. */
export function readLines(text: string): Record<string, string[]> {
  const attributes: Record<string, string[]> = {};
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    if (at < 1) continue;
    const name = line.slice(0, at).trim();
    attributes[name] = [...(attributes[name] ?? []), line.slice(at + 1).trim()];
  }
  return attributes;
}

const sentences: Record<SignInPreview["outcome"], string> = {
  made: "A new user would be made.",
  replaced: "A new user would be made in the place of a deleted one.",
  bound: "An existing user would be bound to this person.",
  updated: "The person’s user would be changed.",
  found: "The person’s user would come in unchanged.",
  refused: "The person would not come in.",
};

function Outcome({ preview }: { preview: SignInPreview }) {
  const changed =
    preview.changes.length + preview.groups_joined.length + preview.groups_left.length > 0;
  return (
    <div className="mapping__outcome" data-testid="preview" data-outcome={preview.outcome}>
      <p>
        <Badge tone={preview.code ? "danger" : "good"}>
          {preview.code ? "Kept out" : "Let in"}
        </Badge>{" "}
        {sentences[preview.outcome]} {preview.message}
        {preview.rule > 0 && ` Rule ${preview.rule} gave the licence.`}
        {preview.role_rule > 0 && ` Rule ${preview.role_rule} gave the role.`}
        {preview.groups_rule > 0 && ` Rule ${preview.groups_rule} gave the groups.`}
      </p>
      <dl className="mapping__values">
        {preview.values.map((value) => (
          <div key={value.field}>
            <dt>
              {fieldName(value.field)} <span>from {value.attribute}</span>
            </dt>
            <dd data-testid={`preview-value-${value.field}`}>{value.value}</dd>
          </div>
        ))}
      </dl>
      {changed && (
        <>
          <h3>What would change</h3>
          <ul data-testid="preview-changes">
            {preview.groups_joined.map((name) => (
              <li key={`into ${name}`}>Into the group {name}</li>
            ))}
            {preview.groups_left.map((name) => (
              <li key={`out of ${name}`}>Out of the group {name}</li>
            ))}
            {preview.changes.map((change) => (
              <li key={change.field}>
                {fieldName(change.field)}: {change.from || "–"} → {change.to || "–"}
              </li>
            ))}
          </ul>
        </>
      )}
      {preview.notes.length > 0 && (
        <ul data-testid="preview-notes">
          {preview.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
