// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { formatMoment } from "./date";

const now = new Date(2026, 10, 23, 9, 0);

test.each([
  [new Date(2026, 10, 23, 14, 30), "Today, 14:30"],
  [new Date(2026, 10, 24, 8, 5), "Tomorrow, 08:05"],
  [new Date(2026, 11, 1, 8, 0), "Tue 1 Dec, 08:00"],
  [new Date(2025, 0, 2, 8, 0), "2 Jan 2025, 08:00"],
])("%s reads %s", (moment, text) => {
  expect(formatMoment(moment.toISOString(), now)).toBe(text);
});

test("what is no date is shown as it came", () => {
  expect(formatMoment("soon", now)).toBe("soon");
});
