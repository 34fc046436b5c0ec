// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import { useCallback, useEffect, useState } from "react";
import { api, type ImportJob } from "../api";
import { useSession } from "../session";

/** Nothing more will happen to the import. */
export function isOver(job: ImportJob): boolean {
  return job.state === "done" || job.state === "cancelled";
}

/** Milliseconds between two looks at an import that goes on. */
const pause = 700;

/** Follows an import until it is over. A look that fails stops it until it is asked to go on. */
export function useImport(begun: ImportJob) {
  const [job, setJob] = useState(begun);
  const [problem, setProblem] = useState<Problem>();
  const [round, setRound] = useState(0);
  const { expire } = useSession();
  const over = isOver(job);

  useEffect(() => {
    if (over) return;
    let current = true;
    let timer: number | undefined;
    const look = async () => {
      try {
        const now = await api.importJob(begun.id);
        if (!current) return;
        setProblem(undefined);
        setJob(now);
        timer = window.setTimeout(look, pause);
      } catch (error) {
        if (!current) return;
        const refusal = problemOf(error);
        if (refusal.status === 401) expire();
        setProblem(refusal);
      }
    };
    timer = window.setTimeout(look, round === 0 ? pause / 3 : 0);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [begun.id, over, round, expire]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { job, problem, reload };
}
