// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import { useCallback, useEffect, useState } from "react";
import { fetchLobby, type Lobby } from "../api";
import type { Link } from "../link";

interface LobbyState {
  lobby?: Lobby;
  problem?: Problem;
}

/** Asks the server what the link opens. */
export function useLobby(link: Link): LobbyState & { retry: () => void } {
  const [state, setState] = useState<LobbyState>({});
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again.
  useEffect(() => {
    const stop = new AbortController();
    fetchLobby(link, stop.signal).then(
      (lobby) => setState({ lobby }),
      (error) => {
        if (!stop.signal.aborted) setState({ problem: problemOf(error) });
      },
    );
    return () => stop.abort();
  }, [link, attempt]);
  const retry = useCallback(() => {
    setState({});
    setAttempt((before) => before + 1);
  }, []);
  return { ...state, retry };
}
