// SPDX-License-Identifier: Apache-2.0

import type { Room } from "livekit-client";
import { useCallback, useEffect, useState } from "react";

/** The topic that livekit clients use for chat. */
const topic = "lk.chat";

/** The longest message, in characters; the input stops there and a longer one is cut. */
export const longestMessage = 2000;

export interface ChatMessage {
  id: string;
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
  const add = useCallback((message: ChatMessage) => setMessages((log) => [...log, message]), []);

  useEffect(() => {
    room.registerTextStreamHandler(topic, async (reader, { identity }) => {
      const text = await reader.readAll().catch(() => "");
      if (text === "") return;
      const name = room.getParticipantByIdentity(identity)?.name || "Somebody";
      const { id, timestamp } = reader.info;
      add({ id, from: identity, name, text: cut(text), at: timestamp, own: false });
    });
    return () => room.unregisterTextStreamHandler(topic);
  }, [room, add]);

  const send = useCallback(
    async (text: string) => {
      const me = room.localParticipant;
      const { id, timestamp } = await me.sendText(text, { topic });
      const from = me.identity;
      add({ id, from, name: me.name ?? "", text, at: timestamp, own: true });
    },
    [room, add],
  );
  return { messages, send };
}

function cut(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}
