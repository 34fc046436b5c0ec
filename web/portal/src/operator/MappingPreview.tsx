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
  const [faults, setFaults] = useState<Faults>({});
  const chosen = assertions.find((one) => one.id === past);
  const show = () => {
    const found = past === "" ? faultsOf(subject, typed) : {};
    setFaults(found);
    if (found.subject || found.attributes) return setPreview(undefined); // of something else
    return run(async () =>
      setPreview(
        await api.previewMapping(
          mapping,
          past === ""
            ? { subject, attributes: readLines(typed).attributes }
            : { assertion_id: past },
        ),
      ),
    );
  };
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
            error={faults.subject}
          />
          <Attributes value={typed} onChange={setTyped} error={faults.attributes} />
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

interface AttributesProps {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

function Attributes({ value, onChange, error }: AttributesProps) {
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
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-note`}
        data-testid="preview-attributes"
      />
      <p
        id={`${id}-note`}
        className={error ? "cv-field__error" : "cv-field__hint"}
        aria-live="polite"
      >
        {error ?? "One value a line: name = value. A name may come again."}
      </p>
    </div>
  );
}

/** What is wrong with what was typed, as a sentence for its field. */
interface Faults {
  subject?: string;
  attributes?: string;
}

function faultsOf(subject: string, typed: string): Faults {
  const { unread } = readLines(typed);
  return {
    ...(subject.trim() === "" && {
      subject: "Give the subject: how the provider names the person.",
    }),
    ...(unread && {
      attributes: `Line ${unread.number} cannot be read: “${unread.text}”. A line is name = value.`,
    }),
  };
}

interface Lines {
  attributes: Record<string, string[]>;
  /** The first line that is no value of a name. */
  unread?: { number: number; text: string };
}

/** Reads lines of `name = value`; a name may come again, and lines may be empty. */
export function readLines(text: string): Lines {
  const lines: Lines = { attributes: {} };
  for (const [index, line] of text.split("\n").entries()) {
    const at = line.indexOf("=");
    const name = line.slice(0, Math.max(at, 0)).trim();
    if (name !== "") {
      lines.attributes[name] = [...(lines.attributes[name] ?? []), line.slice(at + 1).trim()];
    } else if (line.trim() !== "") {
      lines.unread ??= { number: index + 1, text: line.trim() };
    }
  }
  return lines;
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
