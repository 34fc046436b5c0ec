// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import { useCallback, useEffect, useState } from "react";
import { join, type Session, SessionApi } from "../api";
import type { EndReason } from "../call/ending";
import { endReasonOfState } from "../call/ending";
import type { Link } from "../link";
import { awaitAdmission } from "./awaitAdmission";

/** Where a person stands between the link and the room. */
export type Place =
  | { at: "form"; joining: boolean; problem?: Problem }
  | { at: "waiting"; session: Session; api: SessionApi };

interface Outcomes {
  onAdmitted: (session: Session, media: NonNullable<Session["media"]>, api: SessionApi) => void;
  onEnd: (reason: EndReason) => void;
}

/** Joins by the link, and waits when the server says so. */
export function useJoin(link: Link, { onAdmitted, onEnd }: Outcomes) {
  const [place, setPlace] = useState<Place>({ at: "form", joining: false });

  const settle = useCallback(
    (session: Session, api: SessionApi) => {
      const over = endReasonOfState(session.state);
      if (over) onEnd(over);
      else if (session.state === "admitted" && session.media)
        onAdmitted(session, session.media, api);
      else setPlace({ at: "waiting", session, api });
    },
    [onAdmitted, onEnd],
  );

  const submit = useCallback(
    async (name: string) => {
      setPlace({ at: "form", joining: true });
      try {
        const session = await join(link, name);
        settle(session, new SessionApi(session.session));
      } catch (error) {
        setPlace({ at: "form", joining: false, problem: problemOf(error) });
      }
    },
    [link, settle],
  );

  const api = place.at === "waiting" ? place.api : undefined;
  useEffect(() => {
    if (!api) return;
    return wait(api, (session) => settle(session, api), onEnd);
  }, [api, settle, onEnd]);

  return { place, submit };
}

/** Waits in the background until told to stop; a person who closes the page stops waiting, too. */
function wait(api: SessionApi, onNews: (session: Session) => void, onEnd: Outcomes["onEnd"]) {
  const stop = new AbortController();
  awaitAdmission(api, onNews, stop.signal).catch(() => {
    if (!stop.signal.aborted) onEnd("lost");
  });
  const leave = () => api.leave();
  window.addEventListener("pagehide", leave);
  return () => {
    stop.abort();
    window.removeEventListener("pagehide", leave);
  };
}
