// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import type { Meeting } from "../api";
import { nextFullHour, toInstant } from "./time";
import { inOrder } from "./useMeetings";

test("the form suggests the next full hour, over midnight too", () => {
  expect(nextFullHour(new Date(2026, 10, 23, 9, 1))).toBe("2026-11-23T10:00");
  expect(nextFullHour(new Date(2026, 11, 31, 23, 30))).toBe("2027-01-01T00:00");
});

test("the chosen local time is sent as that instant", () => {
  const local = new Date(2026, 10, 23, 10, 0);
  expect(Date.parse(toInstant("2026-11-23T10:00"))).toBe(local.getTime());
  expect(toInstant("2026-11-23T10:00")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("running meetings come first, then by time, those without one last", () => {
  const meeting = (id: string, status: string, start_time: string | null): Meeting => ({
    id,
    status,
    start_time,
    topic: "",
    type: 2,
    duration: 60,
    join_url: "",
  });
  const list = [
    meeting("none", "waiting", null),
    meeting("later", "waiting", "2026-11-25T10:00:00Z"),
    meeting("soon", "waiting", "2026-11-24T10:00:00Z"),
    meeting("running", "started", null),
  ];
  expect(inOrder(list).map(({ id }) => id)).toEqual(["running", "soon", "later", "none"]);
});
