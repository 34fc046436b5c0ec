// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { keeps } from "./rules";

// The same cases as the server's rules have, by code: kept, then broken.
const cases: Record<string, { kept: string[]; broken: string[] }> = {
  password_length: {
    kept: ["12345678", "x".repeat(32), "🔑".repeat(8)],
    broken: ["", "1234567", "x".repeat(33)],
  },
  password_letter: { kept: ["1a", "1ß"], broken: ["", "1234"] },
  password_digit: { kept: ["a1"], broken: ["", "abc", "½"] },
  password_case: { kept: ["aB", "éÉ"], broken: ["", "ab", "AB", "12"] },
  password_repeated: { kept: ["aab"], broken: ["", "aaaaaaaa"] },
  password_consecutive: {
    kept: ["x12345y", "a1b2c3d4", "135791357", "Tr0ub4dor"],
    broken: ["", "x123456", "abcdef1A", "87654321", "hgfedc", "aBcDeF"],
  },
};

test.each(Object.entries(cases))("%s", (code, { kept, broken }) => {
  for (const password of kept) expect(keeps(code, password), password).toBe(true);
  for (const password of broken) expect(keeps(code, password), password).toBe(false);
});

test("a rule from a newer server is left open", () => {
  expect(keeps("password_zodiac", "x")).toBeUndefined();
});
