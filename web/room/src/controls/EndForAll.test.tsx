// SPDX-License-Identifier: Apache-2.0

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionApi } from "../api";
import { EndForAll } from "./EndForAll";

const endForAll = vi.fn(() => Promise.resolve());

beforeEach(() => {
  vi.useFakeTimers();
  render(<EndForAll api={{ endForAll } as unknown as SessionApi} />);
  fireEvent.click(screen.getByTestId("end-for-all"));
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  endForAll.mockClear();
});

async function pass(seconds: number) {
  for (let i = 0; i < seconds; i++) await act(() => vi.advanceTimersByTimeAsync(1000));
}

test("the question is announced with what is about to happen", () => {
  const question = screen.getByRole("alertdialog");
  const described = question.getAttribute("aria-describedby") ?? "";
  expect(document.getElementById(described)?.textContent).toContain("in 5 seconds");
});

test("one click is enough: the meeting ends after the count", async () => {
  await pass(4);
  expect(endForAll).not.toHaveBeenCalled();
  await pass(1);
  expect(endForAll).toHaveBeenCalledOnce();
});

test("Cancel calls it off for good", async () => {
  fireEvent.click(screen.getByText("Cancel"));
  await pass(10);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(endForAll).not.toHaveBeenCalled();
});

test("so does the browser's own close, which Escape brings about", async () => {
  const question = screen.getByRole<HTMLDialogElement>("alertdialog");
  act(() => question.close());
  await pass(10);
  expect(endForAll).not.toHaveBeenCalled();
});

test("Escape closes at the key itself, so that the next press of the button asks anew", () => {
  fireEvent(screen.getByRole("alertdialog"), new Event("cancel", { cancelable: true }));
  expect(screen.queryByRole("alertdialog")).toBeNull();
  fireEvent.click(screen.getByTestId("end-for-all"));
  expect(screen.getByRole("alertdialog")).toBeTruthy();
});
