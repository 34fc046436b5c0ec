// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState } from "react";
import type { ChatMessage } from "./useChatLog";

/** How many messages came in since the chat was last open. */
export function useUnread(messages: ChatMessage[], reading: boolean): number {
  const [read, setRead] = useState(0);
  useEffect(() => {
    if (reading) setRead(messages.length);
  }, [reading, messages.length]);
  return reading ? 0 : messages.slice(read).filter((message) => !message.own).length;
}
