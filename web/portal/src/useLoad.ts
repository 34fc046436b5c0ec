// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import { useCallback, useEffect, useState } from "react";
import { useSession } from "./session";

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  reload: () => void;
}

/** Loads once and again on demand. Keep `load` stable: a new function loads anew. */
export function useLoad<T>(load: () => Promise<T>): Loaded<T> {
  const [data, setData] = useState<T>();
  const [problem, setProblem] = useState<Problem>();
  const [round, setRound] = useState(0);
  const { expire } = useSession();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads again.
  useEffect(() => {
    let current = true;
    load().then(
      (answer) => {
        if (!current) return;
        setData(answer);
        setProblem(undefined);
      },
      (error) => {
        if (!current) return;
        const refusal = problemOf(error);
        if (refusal.status === 401) expire();
        setProblem(refusal);
      },
    );
    return () => {
      current = false;
    };
  }, [load, round, expire]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { data, problem, reload };
}
