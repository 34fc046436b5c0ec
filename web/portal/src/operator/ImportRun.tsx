// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, formatNumber, Spinner } from "@convoke/ui";
import { useEffect, useRef } from "react";
import { api, type ImportJob } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { useAct } from "../useAct";
import { ImportCounts } from "./ImportCounts";
import { ImportProblems } from "./ImportProblems";
import { ImportProgress } from "./ImportProgress";
import { isOver, useImport } from "./useImport";

/** A file that this browser has at hand, and what its rows are for. */
export interface ImportSource {
  file: File;
  action: string;
}

interface ImportRunProps {
  source: ImportSource | undefined;
  job: ImportJob;
  onStarted: (job: ImportJob) => void;
  /** Keep it stable: it is called once when the job is over. */
  onOver: () => void;
  onClose: () => void;
}

/** One import as it goes: the preview of the file at hand, then the import itself, or a former one. */
export function ImportRun({ source, job: begun, onStarted, onOver, onClose }: ImportRunProps) {
  const { job, problem, reload } = useImport(begun);
  const [busy, run] = useAct();
  const over = isOver(job);
  const previewed = over && job.dry_run && job.state === "done";

  const heading = useRef<HTMLHeadingElement>(null);
  const ends = over && !isOver(begun);

  useEffect(() => {
    if (ends) onOver();
  }, [ends, onOver]);
  // One that is opened from the list below comes up above it.
  useEffect(() => {
    if (!source) heading.current?.focus();
  }, [source]);

  const start = ({ file, action }: ImportSource) =>
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
      <h2 id="import-run" ref={heading} tabIndex={-1}>
        {title(job)}
      </h2>
      <p className="import-run__file">
        {job.file_name || job.id} · {formatNumber(job.rows_total)} rows
      </p>
      {job.reason && (
        <Banner tone="warn" title="Convoke ended this import">
          <p>{job.reason} What was done stays.</p>
        </Banner>
      )}
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
      {previewed && !source && <p>Choose the file again to run it.</p>}
      <div className="import-run__acts">
        {!over && (
          <Button busy={busy} onClick={cancel} data-testid="import-cancel">
            Cancel
          </Button>
        )}
        {previewed && source && (
          <Button
            variant="primary"
            busy={busy}
            onClick={() => start(source)}
            data-testid="import-start"
          >
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
