// SPDX-License-Identifier: Apache-2.0

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Chat } from "./Chat";
import type { ChatMessage } from "./useChatLog";

afterEach(cleanup);

function message(text: string): ChatMessage {
  return { id: 1, from: "p1", name: "Priya", text, at: 0, own: false };
}

test("a message stays text, whatever is in it", () => {
  const text = '<img src="x"> https://elsewhere.example javascript:alert(1)';
  render(<Chat messages={[message(text)]} onSend={vi.fn()} onClose={vi.fn()} />);
  const shown = screen.getByTestId("chat-message");
  expect(shown.textContent).toContain(text);
  expect(shown.querySelector("img, a")).toBeNull();
});

test("a message that was not sent comes back into the box", async () => {
  const onSend = vi.fn(() => Promise.reject(new Error("no connection")));
  render(<Chat messages={[]} onSend={onSend} onClose={vi.fn()} />);
  const input = screen.getByTestId<HTMLTextAreaElement>("chat-input");
  fireEvent.change(input, { target: { value: "Hello" } });
  fireEvent.click(screen.getByTestId("chat-send"));
  expect(onSend).toHaveBeenCalledWith("Hello");
  await vi.waitFor(() => expect(input.value).toBe("Hello"));
});
