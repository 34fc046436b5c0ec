// SPDX-License-Identifier: Apache-2.0

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Lobby } from "../api";
import { JoinForm } from "./JoinForm";
import { devicesAtStart } from "./usePreview";

beforeEach(() => localStorage.clear());
afterEach(cleanup);

const settings = {
  host_video: true,
  participant_video: true,
  mute_upon_entry: false,
  waiting_room: false,
};

const lobby: Lobby = {
  meeting: { id: "1", topic: "T", host_name: "H", status: "started", start_time: null },
  role: "attendee",
  name: "",
  name_fixed: false,
  settings,
};

function show(change: Partial<Lobby> = {}) {
  const onJoin = vi.fn();
  const whole = { ...lobby, ...change };
  render(<JoinForm lobby={whole} joining={false} problem={undefined} onJoin={onJoin} />);
  const name = screen.getByTestId<HTMLInputElement>("prejoin-name");
  return { onJoin, name, join: screen.getByTestId("prejoin-join") };
}

test("joins under the trimmed name, and offers it again next time", () => {
  const { onJoin, name, join } = show();
  fireEvent.change(name, { target: { value: "  Jonas " } });
  fireEvent.click(join);
  expect(onJoin).toHaveBeenCalledWith("Jonas");
  cleanup();
  expect(show().name.value).toBe("Jonas");
});

test("asks for a name instead of joining without one", () => {
  const { onJoin, name, join } = show();
  fireEvent.click(join);
  expect(onJoin).not.toHaveBeenCalled();
  expect(name.getAttribute("aria-invalid")).toBe("true");
});

test("a fixed name cannot be changed, an empty one can", () => {
  expect(show({ name: "Amelie", name_fixed: true }).name.readOnly).toBe(true);
  cleanup();
  expect(show({ name: "", name_fixed: true }).name.readOnly).toBe(false);
});

test.each([
  ["attendee", {}, ["microphone", "camera"]],
  ["attendee", { mute_upon_entry: true }, ["camera"]],
  ["attendee", { participant_video: false }, ["microphone"]],
  ["host", { participant_video: false, mute_upon_entry: true }, ["microphone", "camera"]],
  ["host", { host_video: false }, ["microphone"]],
] as const)("a %s with %o starts with %o", (role, change, devices) => {
  expect(devicesAtStart({ role, settings: { ...settings, ...change } })).toEqual(devices);
});
