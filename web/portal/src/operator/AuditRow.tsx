// SPDX-License-Identifier: Apache-2.0

import { Moment } from "@convoke/ui";
import { Link } from "wouter";
import type { AuditEntry } from "../api";
import { auditPath } from "./AuditForm";
import { type FieldChange, fieldsOf, nameOf, subjectOf, verbOf } from "./audit";

/** One entry as a sentence, with what it changed and where it came from. */
export function AuditRow({ entry }: { entry: AuditEntry }) {
  const { action, payload } = entry;
  const subject = subjectOf(entry);
  const fields = fieldsOf(entry);
  return (
    <li className="audit-row" data-testid="audit-entry" data-action={action}>
      <Moment at={entry.at} />
      <div className="audit-row__text">
        <p>
          <strong>{nameOf(entry)}</strong> {verbOf(entry)}{" "}
          {subject?.findable ? (
            <Link href={auditPath({ person: subject.text })}>{subject.text}</Link>
          ) : (
            subject?.text
          )}
        </p>
        {payload?.old_object && <Changes changes={fields} />}
        {payload?.old_object || fields.length === 0 ? (
          <p className="audit-row__origin">{originOf(entry)}</p>
        ) : (
          <details>
            <summary className="audit-row__origin" data-testid="audit-details">
              {originOf(entry)}
            </summary>
            <Fields fields={fields} />
          </details>
        )}
      </div>
    </li>
  );
}

/** What it was and what it is now, field by field. */
function Changes({ changes }: { changes: FieldChange[] }) {
  return (
    <dl className="audit-row__changes" data-testid="audit-changes">
      {changes.map(({ field, before, after }) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            <span className="visually-hidden">before: </span>
            <del>{before || "nothing"}</del>
            <span aria-hidden="true">→</span>
            <span className="visually-hidden">, after: </span>
            <ins>{after || "nothing"}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** All that the log knows of it. */
function Fields({ fields }: { fields: FieldChange[] }) {
  return (
    <dl className="audit-row__changes">
      {fields.map(({ field, after }) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>{after || "nothing"}</dd>
        </div>
      ))}
    </dl>
  );
}

/** By which app and from which address it was done, and how the log calls it. */
function originOf({ id, action, actor }: AuditEntry): string {
  const parts = [
    actor.kind,
    actor.kind === "app" && actor.id && `client id ${actor.id}`,
    actor.address && `from ${actor.address}`,
    actor.kind === "operator" && !actor.address && "at the command line",
    action,
    `entry ${id}`,
  ];
  return parts.filter(Boolean).join(" · ");
}
