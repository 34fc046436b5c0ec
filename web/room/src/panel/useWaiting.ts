// SPDX-License-Identifier: Apache-2.0

import { problemOf, useSay } from "@convoke/ui";
import { useCallback, useEffect, useState } from "react";
import type { SessionApi, WaitingPerson } from "../api";

/** How often a moderator's page asks who is at the door, in milliseconds. */
const every = 3000;

/** The people at the door, for moderators; for everyone else always nobody. */
export function useWaiting(api: SessionApi, moderates: boolean) {
  const [people, setPeople] = useState<WaitingPerson[]>([]);
  const [round, setRound] = useState(0);
  const say = useSay();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks at once.
  useEffect(() => {
    if (!moderates) return;
    const stop = new AbortController();
    const ask = () => api.waiting(stop.signal).then(setPeople, () => undefined);
    void ask();
    const timer = setInterval(ask, every);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [api, moderates, round]);

  const admit = useCallback(
    async (person: WaitingPerson) => {
      setPeople((now) => now.filter((one) => one.id !== person.id));
      try {
        await api.admit(person.id);
      } catch (error) {
        say(problemOf(error).detail, "danger");
      }
      setRound((before) => before + 1);
    },
    [api, say],
  );
  return { people, admit };
}
