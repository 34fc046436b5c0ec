// SPDX-License-Identifier: Apache-2.0

import { problemOf } from "@convoke/ui";
import type { Session, SessionApi } from "../api";

/** The pause after a failed poll, in milliseconds: the first, and the longest. */
const pauses = { first: 1000, longest: 10_000 };

/**
 * Polls until the state is no longer "waiting". Every answer goes to `onNews`,
 * because the reason for waiting changes on the way. A server that is away for a
 * while is asked again; one that does not know the session any more ends the
 * wait with its refusal.
 */
export async function awaitAdmission(
  api: Pick<SessionApi, "poll">,
  onNews: (session: Session) => void,
  signal: AbortSignal,
  sleep: (milliseconds: number) => Promise<void> = pause,
): Promise<void> {
  let wait = pauses.first;
  while (!signal.aborted) {
    try {
      const session = await api.poll("waiting", signal);
      if (signal.aborted) return;
      onNews(session);
      if (session.state !== "waiting") return;
      wait = pauses.first;
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(problemOf(error).status)) throw error;
      await sleep(wait);
      wait = Math.min(wait * 2, pauses.longest);
    }
  }
}

/** A refusal that asking again cannot change. 429 and 408 only ask for patience. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429 && status !== 408;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
