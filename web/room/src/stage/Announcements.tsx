// SPDX-License-Identifier: Apache-2.0

import { useRoomContext } from "@livekit/components-react";
import { type RemoteParticipant, RoomEvent } from "livekit-client";
import { useEffect, useState } from "react";
import { nameOf } from "./person";

/** Says who comes and goes to people who cannot see the tiles change. */
export function Announcements() {
  const room = useRoomContext();
  const [text, setText] = useState("");
  useEffect(() => {
    const joined = (person: RemoteParticipant) => setText(`${nameOf(person)} joined`);
    const left = (person: RemoteParticipant) => setText(`${nameOf(person)} left`);
    room.on(RoomEvent.ParticipantConnected, joined);
    room.on(RoomEvent.ParticipantDisconnected, left);
    return () => {
      room.off(RoomEvent.ParticipantConnected, joined);
      room.off(RoomEvent.ParticipantDisconnected, left);
    };
  }, [room]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}
