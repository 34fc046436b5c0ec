// SPDX-License-Identifier: Apache-2.0

import { Button, Field, Select } from "@convoke/ui";
import type { FormEvent } from "react";
import { Link, useLocation } from "wouter";
import { type AuditFilter, api } from "../api";
import { useLoad } from "../useLoad";
import { groupEvents } from "./events";

/** Where the entries that pass a filter are shown. */
export function auditPath(filter: Partial<AuditFilter>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  return query.size > 0 ? `/portal/audit?${query}` : "/portal/audit";
}

/** Chooses entries by whom they concern and by what was done. It starts anew with another filter. */
export function AuditForm({ person, action }: AuditFilter) {
  const [, navigate] = useLocation();
  const { data } = useLoad(api.auditActions);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    navigate(
      auditPath({
        person: String(values.get("person")).trim(),
        action: String(values.get("action")),
      }),
    );
  };
  return (
    <section className="card" aria-label="Filter">
      <form className="audit-form" onSubmit={submit} aria-label="Choose entries">
        <Field
          label="Person or app"
          name="person"
          defaultValue={person}
          maxLength={255}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          placeholder="ada@example.com"
          data-testid="audit-person"
          hint="The whole e-mail or id of who did it or to whom it was done."
        />
        <Select
          // The choice is only there once its options are.
          key={data ? "all" : "none"}
          label="What was done"
          name="action"
          defaultValue={action}
          data-testid="audit-action"
        >
          <option value="">Everything</option>
          {groupEvents(data?.actions ?? []).map((group) => (
            <optgroup key={group.subject} label={group.label}>
              <option value={`${group.subject}.`}>All of {group.subject}.*</option>
              {group.names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
        <div className="audit-form__acts">
          <Button type="submit" variant="primary" data-testid="audit-show">
            Show
          </Button>
          {(person || action) && (
            <Link
              href={auditPath({})}
              className="cv-button cv-button--quiet cv-button--md"
              data-testid="audit-show-all"
            >
              Show all
            </Link>
          )}
        </div>
      </form>
    </section>
  );
}
