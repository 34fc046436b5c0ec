// SPDX-License-Identifier: Apache-2.0

import { formatNumber } from "@convoke/ui";
import type { ImportJob } from "../api";

/** How far an import is, how fast it goes, and how long the rest takes. */
export function ImportProgress({ job }: { job: ImportJob }) {
  const done = formatNumber(job.rows_done);
  const total = formatNumber(job.rows_total);
  return (
    <div className="import-progress">
      <progress
        aria-label="Rows done"
        max={Math.max(job.rows_total, 1)}
        value={job.rows_done}
        data-testid="import-progress"
      />
      <p>
        <span>
          {done} of {total} rows
        </span>
        {job.rows_done > 0 && (
          <span>
            {formatNumber(job.rows_per_second)} rows a second, {timeLeft(job.seconds_left)} left
          </span>
        )}
      </p>
    </div>
  );
}

/** A length of time as people say it. */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3600);
  return `${hours} h ${Math.round((seconds % 3600) / 60)} min`;
}
