// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Spinner } from "@convoke/ui";
import { useEffect } from "react";
import { api, type ImportJob } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { useAct } from "../useAct";
import { ImportCounts } from "./ImportCounts";
import { ImportProblems } from "./ImportProblems";
import { ImportProgress } from "./ImportProgress";
import { isOver, useImport } from "./useImport";

interface ImportRunProps {
  file: File;
  action: string;
  job: ImportJob;
  onStarted: (job: ImportJob) => void;
  /** Keep it stable: it is called once when the job is over. */
  onOver: () => void;
  onClose: () => void;
}

/** The file at hand: its preview first, then the import itself, as it goes. */
export function ImportRun({
  file,
  action,
  job: begun,
  onStarted,
  onOver,
  onClose,
}: ImportRunProps) {
  const { job, problem, reload } = useImport(begun);
  const [busy, run] = useAct();
  const over = isOver(job);

  useEffect(() => {
    if (over) onOver();
  }, [over, onOver]);

  const start = () =>
    run(async () => {
      onStarted(await api.startImport(file, action, false));
    });
  const cancel = () =>
    run(async () => {
      await api.cancelImport(job.id);
      reload();
    });

  return (
    <section
      className="card import-run"
      aria-labelledby="import-run"
      data-testid="import-run"
      data-state={job.state}
      data-dry-run={job.dry_run}
    >
      <h2 id="import-run">{title(job)}</h2>
      <p className="import-run__file">
        {file.name} · {job.rows_total.toLocaleString("en-GB")} rows
      </p>
      {job.warnings.length > 0 && (
        <Banner tone="warn" title="Some columns mean nothing here">
          <ul>
            {job.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Banner>
      )}
      {!over && <ImportProgress job={job} />}
      <ImportCounts job={job} />
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {over && <ImportProblems job={job} />}
      <div className="import-run__acts">
        {!over && (
          <Button busy={busy} onClick={cancel} data-testid="import-cancel">
            Cancel
          </Button>
        )}
        {over && job.dry_run && job.state === "done" && (
          <Button variant="primary" busy={busy} onClick={start} data-testid="import-start">
            Run the import
          </Button>
        )}
        {over && (
          <a
            className="cv-button cv-button--secondary cv-button--md"
            href={api.importResults(job.id)}
            download
            data-testid="import-results"
          >
            Download the results
          </a>
        )}
        {over && (
          <Button variant="quiet" onClick={onClose}>
            Close
          </Button>
        )}
        {!over && job.rows_done === 0 && <Spinner size={18} />}
      </div>
    </section>
  );
}

function title(job: ImportJob): string {
  if (job.state === "cancelled") return job.dry_run ? "Preview cancelled" : "Import cancelled";
  if (job.state === "done") return job.dry_run ? "Preview: this would happen" : "Import done";
  return job.dry_run ? "Looking at the rows" : "Importing";
}
