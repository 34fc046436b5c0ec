// SPDX-License-Identifier: Apache-2.0

import { Badge, Cell, formatNumber, Loading, Table } from "@convoke/ui";
import { useCallback } from "react";
import { api, type ImportJob } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { useLoad } from "../useLoad";
import { outcomeNames } from "./ImportCounts";

/** The first rows that somebody should look at, with why. */
export function ImportProblems({ job }: { job: ImportJob }) {
  const count = job.counts.conflict + job.counts.error;
  if (count === 0) return null;
  return <ProblemRows id={job.id} count={count} />;
}

function ProblemRows({ id, count }: { id: string; count: number }) {
  const load = useCallback(() => api.importProblems(id), [id]);
  const { data, problem, reload } = useLoad(load);
  if (problem) return <LoadFailed problem={problem} onRetry={reload} />;
  if (!data) return <Loading label="Loading the rows with a problem" />;
  return (
    <div className="import-problems">
      <h3>
        {data.rows.length < count
          ? `The first ${data.rows.length} of ${formatNumber(count)} rows with a problem`
          : "Rows with a problem"}
      </h3>
      <Table caption="Rows with a problem" heads={["Row", "Outcome", "Why", "Input"]}>
        {data.rows.map((row) => (
          <tr key={row.row} data-testid="import-problem" data-outcome={row.outcome}>
            <Cell head="Row">{formatNumber(row.row)}</Cell>
            <Cell head="Outcome">
              <Badge tone={row.outcome === "error" ? "danger" : "warn"}>
                {outcomeNames[row.outcome]}
              </Badge>
            </Cell>
            <Cell head="Why">{row.message}</Cell>
            <Cell head="Input">
              <span className="import-problems__input">
                {row.input.filter((cell) => cell !== "").join(", ")}
              </span>
            </Cell>
          </tr>
        ))}
      </Table>
    </div>
  );
}
