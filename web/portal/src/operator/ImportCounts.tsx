// SPDX-License-Identifier: Apache-2.0

import { formatNumber } from "@convoke/ui";
import { type ImportJob, type Outcome, outcomes } from "../api";

/** What the counts are called; they read alike before and after the fact. */
export const outcomeNames: Record<Outcome, string> = {
  create: "Create",
  update: "Update",
  skip: "Skip",
  conflict: "Conflict",
  error: "Error",
};

/** How many rows came to what. */
export function ImportCounts({ job }: { job: ImportJob }) {
  return (
    <dl className="import-counts">
      {outcomes.map((outcome) => (
        <div
          key={outcome}
          data-outcome={outcome}
          data-some={job.counts[outcome] > 0}
          data-testid="import-count"
        >
          <dt>{outcomeNames[outcome]}</dt>
          <dd>{formatNumber(job.counts[outcome])}</dd>
        </div>
      ))}
    </dl>
  );
}
