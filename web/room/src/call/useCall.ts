// SPDX-License-Identifier: Apache-2.0

import type { Room } from "livekit-client";
import { startTransition, useCallback, useEffect, useState } from "react";
import type { Session, SessionApi } from "../api";
import type { DeviceKind } from "./devices";
import type { EndReason } from "./ending";
import { endReasonOfState } from "./ending";
import { openRoom } from "./openRoom";
import type { Handover } from "./Preview";

/** Everything that the meeting page needs while it is in the room. */
export interface Call {
  room: Room;
  session: Session;
  api: SessionApi;
  /** The devices that come along from the preview, and when they have arrived. */
  startsWith: DeviceKind[];
  published: Promise<void>;
}

export type Phase =
  | { at: "entrance"; visit: number }
  | { at: "room"; call: Call; publishFailed: boolean }
  | { at: "ended"; reason: EndReason };

export interface Admission {
  session: Session;
  media: NonNullable<Session["media"]>;
  api: SessionApi;
  devices: Handover;
}

/** The course of a visit: entrance, room, end, and back to the entrance. */
export function useCall() {
  const [phase, setPhase] = useState<Phase>({ at: "entrance", visit: 0 });
  const end = useCallback((reason: EndReason) => setPhase({ at: "ended", reason }), []);
  const enter = useCallback((admission: Admission) => {
    const call = startCall(admission, setPhase);
    // The connection is under way; drawing the room in slices leaves it the processor it needs.
    startTransition(() => setPhase({ at: "room", ...call }));
  }, []);
  const leave = useCallback((call: Call) => {
    call.api.leave();
    setPhase({ at: "ended", reason: "left" });
    void call.room.disconnect();
  }, []);
  const rejoin = useCallback(() => setPhase({ at: "entrance", visit: Date.now() }), []);
  useLeaveOnClose(phase);
  return { phase, enter, end, leave, rejoin };
}

type SetPhase = (change: (phase: Phase) => Phase) => void;

function startCall({ session, media, api, devices }: Admission, setPhase: SetPhase) {
  const { room, published } = openRoom({
    media,
    tracks: devices.tracks,
    onEnd: (reason) => {
      void certainReason(api, reason).then((certain) =>
        setPhase((phase) => (isIn(phase, room) ? { at: "ended", reason: certain } : phase)),
      );
    },
    onPublishError: () =>
      setPhase((phase) =>
        phase.at === "room" && isIn(phase, room) ? { ...phase, publishFailed: true } : phase,
      ),
  });
  const call: Call = { room, session, api, startsWith: devices.kinds, published };
  return { call, publishFailed: false };
}

function isIn(phase: Phase, room: Room): boolean {
  return phase.at === "room" && phase.call.room === room;
}

/**
 * A connection that broke may have been cut on purpose. The media server cannot
 * always say so, the session can; without an answer the connection is lost.
 */
async function certainReason(api: SessionApi, reason: EndReason): Promise<EndReason> {
  if (reason !== "lost") return reason;
  const session = await api.current().catch(() => undefined);
  return (session && endReasonOfState(session.state)) ?? reason;
}

/** Gives the place up when the page goes away, so that nobody looks at a frozen tile. */
function useLeaveOnClose(phase: Phase): void {
  const api = phase.at === "room" ? phase.call.api : undefined;
  useEffect(() => {
    if (!api) return;
    const leave = () => api.leave();
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, [api]);
}
