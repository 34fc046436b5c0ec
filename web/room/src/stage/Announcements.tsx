// SPDX-License-Identifier: Apache-2.0

import { useRoomContext } from "@livekit/components-react";
import { type RemoteParticipant, RoomEvent } from "livekit-client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { WaitingPerson } from "../api";
import type { ChatMessage } from "../panel/useChatLog";
import { nameOf } from "./person";

interface AnnouncementsProps {
  waiting: WaitingPerson[];
  messages: ChatMessage[];
  /** The chat is open, and speaks for itself. */
  reading: boolean;
}

type Announce = (text: string) => void;

/** Says who comes, goes, knocks and writes to people who cannot see the page change. */
export function Announcements({ waiting, messages, reading }: AnnouncementsProps) {
  const { lines, announce } = useLines();
  useComings(announce);
  useKnocks(waiting, announce);
  useNews(messages, reading, announce);
  return (
    <div className="visually-hidden" role="status" data-testid="announcements">
      {lines.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}

/** The latest sentences. Each is an element of its own, so that one said twice is heard twice. */
function useLines() {
  const [lines, setLines] = useState<{ id: number; text: string }[]>([]);
  const announce = useCallback<Announce>(
    (text) => setLines((now) => [...now.slice(-4), { id: (now.at(-1)?.id ?? 0) + 1, text }]),
    [],
  );
  return { lines, announce };
}

function useComings(announce: Announce): void {
  const room = useRoomContext();
  useEffect(() => {
    const joined = (person: RemoteParticipant) => announce(`${nameOf(person)} joined`);
    const left = (person: RemoteParticipant) => announce(`${nameOf(person)} left`);
    room.on(RoomEvent.ParticipantConnected, joined);
    room.on(RoomEvent.ParticipantDisconnected, left);
    return () => {
      room.off(RoomEvent.ParticipantConnected, joined);
      room.off(RoomEvent.ParticipantDisconnected, left);
    };
  }, [room, announce]);
}

function useKnocks(waiting: WaitingPerson[], announce: Announce): void {
  const known = useRef(new Set<string>());
  useEffect(() => {
    for (const { id, name } of waiting) {
      if (!known.current.has(id)) announce(`${name} is waiting to be let in`);
    }
    known.current = new Set(waiting.map(({ id }) => id));
  }, [waiting, announce]);
}

function useNews(messages: ChatMessage[], reading: boolean, announce: Announce): void {
  const said = useRef(0);
  useEffect(() => {
    for (const { id, name, text, own } of messages) {
      if (id > said.current && !own && !reading) announce(`Message from ${name}: ${text}`);
    }
    said.current = messages.at(-1)?.id ?? 0;
  }, [messages, reading, announce]);
}
