// SPDX-License-Identifier: Apache-2.0

import { Button, Cell, EmptyState, formatMoment, Loading, Table } from "@convoke/ui";
import { FileSpreadsheet } from "lucide-react";
import { useCallback } from "react";
import { api, type ImportJob } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { usePages } from "../usePages";
import { isOver } from "./useImport";

const heads = ["File", "When", "State", "Rows", "Problems", ""];

/** The imports of the last 30 days, the newest first. */
export function ImportList({ onOpen }: { onOpen: (job: ImportJob) => void }) {
  const load = useCallback(async (token: string) => {
    const page = await api.imports(token);
    return { items: page.imports, next: page.next_page_token };
  }, []);
  const list = usePages(load);
  return (
    <section className="card card--list" aria-label="Former imports">
      {list.items && list.items.length > 0 && (
        <Table caption="Former imports" heads={heads}>
          {list.items.map((job) => (
            <ImportRow key={job.id} job={job} onOpen={() => onOpen(job)} />
          ))}
        </Table>
      )}
      {list.items?.length === 0 && (
        <EmptyState
          icon={<FileSpreadsheet size={22} aria-hidden="true" />}
          title="No imports in the last 30 days"
        >
          Choose a file above. Its preview writes nothing.
        </EmptyState>
      )}
      {list.problem && <LoadFailed problem={list.problem} onRetry={list.reload} />}
      {!list.items && list.loading && <Loading label="Loading imports" />}
      {list.next && (
        <div className="more">
          <Button busy={list.loading} onClick={list.more}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}

function ImportRow({ job, onOpen }: { job: ImportJob; onOpen: () => void }) {
  const name = job.file_name || job.id;
  const problems = job.counts.conflict + job.counts.error;
  return (
    <tr data-testid="import-row" data-id={job.id} data-state={job.state}>
      <Cell>
        <strong className="import-row__name">{name}</strong>
      </Cell>
      <Cell head="When">{formatMoment(job.created_at)}</Cell>
      <Cell head="State">{job.dry_run ? `preview, ${job.state}` : job.state}</Cell>
      <Cell head="Rows">
        {isOver(job)
          ? job.rows_done.toLocaleString("en-GB")
          : `${job.rows_done.toLocaleString("en-GB")} of ${job.rows_total.toLocaleString("en-GB")}`}
      </Cell>
      <Cell head="Problems">{problems.toLocaleString("en-GB")}</Cell>
      <Cell>
        <div className="import-row__acts">
          <Button
            size="sm"
            onClick={onOpen}
            aria-label={`${isOver(job) ? "Open" : "Follow"} ${name}`}
            data-testid="import-open"
          >
            {isOver(job) ? "Open" : "Follow"}
          </Button>
          <a
            className="cv-button cv-button--secondary cv-button--sm"
            href={api.importResults(job.id)}
            download
            aria-label={`Results of ${name}`}
          >
            Results
          </a>
        </div>
      </Cell>
    </tr>
  );
}
