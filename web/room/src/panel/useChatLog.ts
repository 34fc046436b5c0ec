// SPDX-License-Identifier: Apache-2.0

import type { Room } from "livekit-client";
import { useCallback, useEffect, useRef, useState } from "react";
import { readMessage } from "./readMessage";

/** The topic that livekit clients use for chat. */
const topic = "lk.chat";

/** How many messages are kept; the oldest go first. */
export const keptMessages = 500;

export interface ChatMessage {
  /** Grows from message to message, as this page got them. */
  id: number;
  /** The sender's identity, as the media server vouches for it. */
  from: string;
  name: string;
  text: string;
  at: number;
  own: boolean;
}

/**
 * The messages of the meeting since this person came in. The handler is our own
 * because the stock one also takes JSON of the older protocol from anybody, and
 * one malformed packet would silence the chat for everyone.
 */
export function useChatLog(room: Room) {
  const [messages, setMessages] = useState<ChatMessage[]>([]);
  const count = useRef(0);
  const add = useCallback((message: Omit<ChatMessage, "id">) => {
    count.current += 1;
    const next = { ...message, id: count.current };
    setMessages((log) => [...log, next].slice(-keptMessages));
  }, []);

  useEffect(() => {
    room.registerTextStreamHandler(topic, async (reader, { identity }) => {
      const text = await readMessage(reader);
      if (text === "") return;
      const name = room.getParticipantByIdentity(identity)?.name || "Somebody";
      add({ from: identity, name, text, at: reader.info.timestamp, own: false });
    });
    return () => room.unregisterTextStreamHandler(topic);
  }, [room, add]);

  const send = useCallback(
    async (text: string) => {
      const me = room.localParticipant;
      const { timestamp } = await me.sendText(text, { topic });
      const from = me.identity;
      add({ from, name: me.name ?? "", text, at: timestamp, own: true });
    },
    [room, add],
  );
  return { messages, send };
}
