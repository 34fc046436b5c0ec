// SPDX-License-Identifier: Apache-2.0

import type { ImportJob } from "../api";

/** How far an import is, how fast it goes, and how long the rest takes. */
export function ImportProgress({ job }: { job: ImportJob }) {
  const done = job.rows_done.toLocaleString("en-GB");
  const total = job.rows_total.toLocaleString("en-GB");
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
            {job.rows_per_second.toLocaleString("en-GB")} rows a second,{" "}
            {timeLeft(job.seconds_left)} left
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
