// SPDX-License-Identifier: Apache-2.0

import { formatMoment } from "@convoke/ui";
import { Link } from "wouter";
import type { AuditEntry } from "../api";
import { auditPath } from "./AuditForm";
import { type FieldChange, fieldsOf, nameOf, subjectOf, verbOf } from "./audit";
import { inWords } from "./names";

/** One entry as a sentence, with what it changed and where it came from. */
export function AuditRow({ entry }: { entry: AuditEntry }) {
  const { action, payload } = entry;
  const subject = subjectOf(entry);
  const fields = fieldsOf(entry);
  return (
    <li className="audit-row" data-testid="audit-entry" data-action={action}>
      <time dateTime={entry.at} title={entry.at}>
        {formatMoment(entry.at)}
      </time>
      <div className="audit-row__text">
        <p>
          <strong>{nameOf(entry)}</strong> {verbOf(action)}{" "}
          {subject?.findable ? (
            <Link href={auditPath({ person: subject.text })}>{subject.text}</Link>
          ) : (
            subject?.text
          )}
        </p>
        {payload?.old_object ? <Changes changes={fields} /> : <Fields fields={fields} />}
        <Origin entry={entry} />
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

function Fields({ fields }: { fields: FieldChange[] }) {
  if (fields.length === 0) return null;
  return (
    <details>
      <summary>Details</summary>
      <dl className="audit-row__changes">
        {fields.map(({ field, after }) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>{after || "nothing"}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** By which way in and from which address; the log's own words for the rest. */
function Origin({ entry: { id, action, actor } }: { entry: AuditEntry }) {
  const parts = [
    actor.kind && inWords(actor.kind),
    actor.kind === "app" && actor.id && `client id ${actor.id}`,
    actor.address ? `from ${actor.address}` : actor.kind && "from the command line",
    action,
    `entry ${id}`,
  ];
  return <p className="audit-row__origin">{parts.filter(Boolean).join(" · ")}</p>;
}
