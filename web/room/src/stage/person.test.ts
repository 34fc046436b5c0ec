// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { initialsOf, inListOrder, moderates, roleOf } from "./person";

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

test("the list has oneself first, then who leads, then everybody by name", () => {
  const person = (name: string, role = "attendee", isLocal = false) => ({
    name,
    isLocal,
    attributes: { role },
  });
  const people = [
    person("Zoë"),
    person("Émile"),
    person("Farid", "cohost"),
    person("Yara", "attendee", true),
    person("Dana"),
    person("Kim", "host"),
  ];
  const names = inListOrder(people).map(({ name }) => name);
  expect(names).toEqual(["Yara", "Farid", "Kim", "Dana", "Émile", "Zoë"]);
});
