// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { formatMoment, formatsFor } from "./date";

const now = new Date(2026, 10, 23, 9, 0);

test.each([
  ["en-GB", new Date(2026, 10, 23, 14, 30), "Today, 14:30"],
  ["en-GB", new Date(2026, 10, 24, 8, 5), "Tomorrow, 08:05"],
  ["en-GB", new Date(2026, 11, 1, 8, 0), "Tue 1 Dec, 08:00"],
  ["en-GB", new Date(2025, 0, 2, 8, 0), "2 Jan 2025, 08:00"],
  ["en-US", new Date(2026, 10, 23, 14, 30), "Today, 2:30 PM"],
  ["en-US", new Date(2026, 11, 1, 8, 0), "Tue, Dec 1, 8:00 AM"],
  ["de-DE", new Date(2026, 10, 24, 8, 5), "Morgen, 08:05"],
  ["de-DE", new Date(2025, 0, 2, 8, 0), "2. Jan. 2025, 08:00"],
])("for a reader of %s, %s reads %s", (locale, moment, text) => {
  const read = formatMoment(moment.toISOString(), now, formatsFor(locale));
  expect(read.replace(/[\u00a0\u202f]/g, " ")).toBe(text);
});

test("what is no date is shown as it came", () => {
  expect(formatMoment("soon", now)).toBe("soon");
});
