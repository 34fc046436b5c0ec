// SPDX-License-Identifier: Apache-2.0

import { Button, Cell, EmptyState, formatNumber, Moment, Table } from "@convoke/ui";
import { FileSpreadsheet } from "lucide-react";
import { useCallback } from "react";
import { api, type ImportJob } from "../api";
import { PagedList } from "../shell/PagedList";
import { usePages } from "../usePages";
import { asLabel } from "./names";
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
      <PagedList
        list={list}
        loading="Loading imports"
        empty={
          <EmptyState
            icon={<FileSpreadsheet size={22} aria-hidden="true" />}
            title="No imports in the last 30 days"
          >
            Choose a file above. Its preview writes nothing.
          </EmptyState>
        }
      >
        {(jobs) => (
          <Table caption="Former imports" heads={heads}>
            {jobs.map((job) => (
              <ImportRow key={job.id} job={job} onOpen={() => onOpen(job)} />
            ))}
          </Table>
        )}
      </PagedList>
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
      <Cell head="When">
        <Moment at={job.created_at} />
      </Cell>
      <Cell head="State">{asLabel(job.dry_run ? `preview, ${job.state}` : job.state)}</Cell>
      <Cell head="Rows">
        {isOver(job)
          ? formatNumber(job.rows_done)
          : `${formatNumber(job.rows_done)} of ${formatNumber(job.rows_total)}`}
      </Cell>
      <Cell head="Problems">{formatNumber(problems)}</Cell>
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
