// SPDX-License-Identifier: Apache-2.0

import { problemOf, useSay } from "@convoke/ui";
import { useCallback, useState } from "react";
import { useSession } from "./session";

/** Runs one act at a time behind a button: busy meanwhile, and a refusal is said in a toast. */
export function useAct(): [busy: boolean, run: (act: () => Promise<void>) => Promise<void>] {
  const [busy, setBusy] = useState(false);
  const say = useSay();
  const { expire } = useSession();
  const run = useCallback(
    async (act: () => Promise<void>) => {
      setBusy(true);
      try {
        await act();
      } catch (error) {
        const problem = problemOf(error);
        if (problem.status === 401) expire();
        say(problem.detail, "danger");
      } finally {
        setBusy(false);
      }
    },
    [say, expire],
  );
  return [busy, run];
}
