// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState } from "react";
import type { ChatMessage } from "./useChatLog";

/** How many messages came in since the chat was last open. */
export function useUnread(messages: ChatMessage[], reading: boolean): number {
  const [read, setRead] = useState(0);
  const latest = messages.at(-1)?.id ?? 0;
  useEffect(() => {
    if (reading) setRead(latest);
  }, [reading, latest]);
  return reading ? 0 : messages.filter(({ id, own }) => id > read && !own).length;
}
