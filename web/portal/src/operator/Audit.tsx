// SPDX-License-Identifier: Apache-2.0

import { EmptyState } from "@convoke/ui";
import { ScrollText } from "lucide-react";
import { useCallback } from "react";
import { useSearchParams } from "wouter";
import { type AuditEntry, type AuditFilter, api } from "../api";
import { useSession } from "../session";
import { PagedList } from "../shell/PagedList";
import { PageHead } from "../shell/PageHead";
import { usePages } from "../usePages";
import { AuditChain } from "./AuditChain";
import { AuditForm } from "./AuditForm";
import { AuditRow } from "./AuditRow";
import "./audit.css";

/** Who did what in the account, the latest first. The chain of all accounts is for the operator to check. */
export function Audit() {
  const [search] = useSearchParams();
  const person = search.get("person") ?? "";
  const action = search.get("action") ?? "";
  const { state } = useSession();
  const operator = state.at === "in" && state.session.kind === "operator";
  return (
    <>
      <PageHead
        title="Audit log"
        action={
          <a
            className="cv-button cv-button--secondary cv-button--md"
            href={api.auditExport}
            download
            data-testid="audit-export"
          >
            Export
          </a>
        }
      >
        Who did what to whom, from where and when. Entries cannot be changed.
      </PageHead>
      <div className="audit">
        {operator && <AuditChain />}
        <AuditForm key={`${person} ${action}`} person={person} action={action} />
        <EntryList key={`list ${person} ${action}`} person={person} action={action} />
      </div>
    </>
  );
}

/**
 * How many answers one look reads at most. The server looks through so many
 * entries for an answer and no more, so that of a rare kind there may be none in it.
 */
const answersAtOnce = 5;

async function nextEntries(filter: AuditFilter, token: string) {
  const items: AuditEntry[] = [];
  let next = token;
  for (let answers = 0; answers < answersAtOnce && items.length === 0; answers++) {
    const page = await api.audit(filter, next);
    items.push(...page.entries);
    next = page.next_page_token;
    if (next === "") break;
  }
  return { items, next };
}

function EntryList({ person, action }: AuditFilter) {
  const load = useCallback(
    (token: string) => nextEntries({ person, action }, token),
    [person, action],
  );
  const list = usePages(load);
  const older = list.next !== "";
  return (
    <section className="card card--list" aria-label="Entries">
      <PagedList
        list={list}
        loading="Loading the audit log"
        empty={<NoEntries older={older} />}
        more={list.items?.length === 0 ? "Look further back" : "Show more"}
        moreId="audit-more"
      >
        {(entries) => (
          <ol>
            {entries.map((entry) => (
              <AuditRow key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </PagedList>
    </section>
  );
}

function NoEntries({ older }: { older: boolean }) {
  return (
    <EmptyState
      icon={<ScrollText size={22} aria-hidden="true" />}
      title={older ? "Nothing so far" : "Nothing found"}
    >
      {older
        ? "None of the latest entries is of this kind. There are older ones."
        : "No entry that is still kept is of this kind."}
    </EmptyState>
  );
}
