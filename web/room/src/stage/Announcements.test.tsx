// SPDX-License-Identifier: Apache-2.0

import { RoomContext } from "@livekit/components-react";
import { cleanup, render, screen } from "@testing-library/react";
import type { Room } from "livekit-client";
import { afterEach, expect, test, vi } from "vitest";
import type { WaitingPerson } from "../api";
import type { ChatMessage } from "../panel/useChatLog";
import { Announcements } from "./Announcements";

afterEach(cleanup);

const room = { on: vi.fn(), off: vi.fn() } as unknown as Room;

function page(waiting: WaitingPerson[], messages: ChatMessage[], reading = false) {
  return (
    <RoomContext.Provider value={room}>
      <Announcements waiting={waiting} messages={messages} reading={reading} />
    </RoomContext.Provider>
  );
}

function message(id: number, text: string, own = false): ChatMessage {
  return { id, from: "p1", name: "Priya", text, at: 0, own };
}

const said = () => [...screen.getByRole("status").children].map((line) => line.textContent);

test("says once who is at the door", () => {
  const { rerender } = render(page([{ id: "w1", name: "Gil" }], []));
  rerender(page([{ id: "w1", name: "Gil" }], []));
  rerender(page([{ id: "w2", name: "Ana" }], []));
  expect(said()).toEqual(["Gil is waiting to be let in", "Ana is waiting to be let in"]);
});

test("reads out others' messages while the chat is closed, the same one twice", () => {
  const { rerender } = render(page([], [message(1, "Hello")]));
  rerender(page([], [message(1, "Hello"), message(2, "Hello"), message(3, "mine", true)]));
  expect(said()).toEqual(["Message from Priya: Hello", "Message from Priya: Hello"]);
});

test("leaves an open chat to speak for itself", () => {
  const { rerender } = render(page([], [message(1, "Hello")], true));
  rerender(page([], [message(1, "Hello")]));
  expect(said()).toEqual([]);
});
