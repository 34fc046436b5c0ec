// SPDX-License-Identifier: Apache-2.0

import { act, renderHook, waitFor } from "@testing-library/react";
import type { Room } from "livekit-client";
import { expect, test, vi } from "vitest";
import { keptMessages, useChatLog } from "./useChatLog";
import { useUnread } from "./useUnread";

type Handler = (reader: unknown, sender: { identity: string }) => Promise<void>;

test("only the latest messages are kept, and the unread ones still count", async () => {
  let handler: Handler | undefined;
  const room = {
    registerTextStreamHandler: (_topic: string, given: Handler) => {
      handler = given;
    },
    unregisterTextStreamHandler: vi.fn(),
    getParticipantByIdentity: () => ({ name: "Priya" }),
  } as unknown as Room;
  async function* words(text: string) {
    yield text;
  }
  const receive = (text: string) =>
    handler?.(
      { [Symbol.asyncIterator]: () => words(text), info: { id: "same", timestamp: 0 } },
      { identity: "p1" },
    );
  const { result, rerender } = renderHook(
    ({ reading }) => {
      const { messages } = useChatLog(room);
      return { messages, unread: useUnread(messages, reading) };
    },
    { initialProps: { reading: true } },
  );
  await act(async () => {
    for (let i = 0; i < keptMessages; i++) await receive(`${i}`);
  });
  rerender({ reading: false });
  await act(async () => {
    await receive("one more");
    await receive("and another");
  });
  await waitFor(() => expect(result.current.messages).toHaveLength(keptMessages));
  expect(result.current.messages[0]?.text).toBe("2");
  expect(result.current.messages.at(-1)?.text).toBe("and another");
  expect(result.current.unread).toBe(2);
});
