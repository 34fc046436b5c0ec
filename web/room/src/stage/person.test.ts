// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { initialsOf, moderates, roleOf } from "./person";

test.each([
  ["Amelie Durand", "AD"],
  ["amelie", "A"],
  ["Jean  Luc  Picard", "JP"],
  ["李 小龙", "李小"],
  ["👩‍🚀 Olu", "👩‍🚀O"],
  ["   ", "?"],
])("%s becomes %s", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test.each([
  ["host", "host", true],
  ["cohost", "cohost", true],
  ["attendee", "attendee", false],
  ["admin", "attendee", false],
  [undefined, "attendee", false],
] as const)("the attribute %s is the role %s", (attribute, role, may) => {
  const person = { attributes: attribute ? { role: attribute } : {} };
  expect(roleOf(person)).toBe(role);
  expect(moderates(roleOf(person))).toBe(may);
});
