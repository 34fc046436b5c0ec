// SPDX-License-Identifier: Apache-2.0

import { useCallback, useState } from "react";
import type { ImportJob } from "../api";
import { PageHead } from "../shell/PageHead";
import { ImportFile } from "./ImportFile";
import { ImportList } from "./ImportList";
import { ImportRun, type ImportSource } from "./ImportRun";
import "./imports.css";

interface Chosen {
  job: ImportJob;
  /** What a preview is run from; undefined for an import that was opened from the list. */
  source?: ImportSource;
}

/** Many users from one file: choose it, see what would happen, run it, follow it. */
export function Imports() {
  const [chosen, setChosen] = useState<Chosen>();
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return (
    <>
      <PageHead title="Imports">
        Make or change many users with one file. A preview comes first.
      </PageHead>
      <div className="imports">
        <ImportFile
          onPreview={(file, action, job) => {
            setChosen({ job, source: { file, action } });
            again();
          }}
        />
        {chosen && (
          <ImportRun
            key={chosen.job.id}
            source={chosen.source}
            job={chosen.job}
            onStarted={(job) => {
              setChosen({ ...chosen, job });
              again();
            }}
            onOver={again}
            onClose={() => setChosen(undefined)}
          />
        )}
        <ImportList key={round} onOpen={(job) => setChosen({ job })} />
      </div>
    </>
  );
}
