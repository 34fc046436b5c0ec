// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, classes, type Problem, problemOf, Select } from "@convoke/ui";
import { FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { api, type ImportJob } from "../api";
import { useSession } from "../session";

const actions = [
  { value: "", label: "As the account does by default" },
  { value: "create", label: "Invite by mail (create)" },
  { value: "autoCreate", label: "With a password in the file (autoCreate)" },
  { value: "custCreate", label: "Without a login (custCreate)" },
  { value: "ssoCreate", label: "For single sign-on (ssoCreate)" },
  { value: "update", label: "Change users who are there (update)" },
];

interface ImportFileProps {
  onPreview: (file: File, action: string, job: ImportJob) => void;
}

/** Takes a file, dropped or chosen, and asks the server for a preview of it. */
export function ImportFile({ onPreview }: ImportFileProps) {
  const input = useRef<HTMLInputElement>(null);
  const [action, setAction] = useState("");
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();

  const preview = async (file: File | undefined) => {
    if (!file || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      onPreview(file, action, await api.startImport(file, action, true));
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
      if (input.current) input.current.value = ""; // so that the same file can be chosen again
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void preview(event.dataTransfer.files[0]);
  };

  return (
    <section className="card import-file" aria-labelledby="import-file">
      <h2 id="import-file">A new file</h2>
      <Select
        label="What the rows are for"
        hint="A column “action” in the file goes before this."
        value={action}
        onChange={(event) => setAction(event.target.value)}
        data-testid="import-action"
      >
        {actions.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </Select>
      <section
        className={classes("drop", over && "drop--over")}
        aria-label="Drop a file here"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        data-testid="import-drop"
      >
        <FileUp size={26} aria-hidden="true" />
        <p>Drop a CSV or NDJSON file here, or</p>
        <input
          ref={input}
          type="file"
          className="visually-hidden"
          accept=".csv,.ndjson,.jsonl,text/csv"
          tabIndex={-1}
          aria-label="File of users"
          onChange={(event) => void preview(event.target.files?.[0])}
          data-testid="import-input"
        />
        <Button
          variant="primary"
          busy={busy}
          onClick={() => input.current?.click()}
          data-testid="import-choose"
        >
          Choose a file
        </Button>
        <p className="drop__note">
          A header with <code>email</code> or <code>external_id</code>; also <code>first_name</code>
          , <code>last_name</code>, <code>department</code> and more, in any order.
        </p>
      </section>
      {problem && (
        <Banner tone="danger" title="The file was not taken">
          {problem.detail}
        </Banner>
      )}
    </section>
  );
}
