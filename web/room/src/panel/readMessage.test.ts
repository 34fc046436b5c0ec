// SPDX-License-Identifier: Apache-2.0

import { expect, test, vi } from "vitest";
import { longestMessage, readMessage } from "./readMessage";

/** A stream of so many pieces, and how many were taken out of it. */
function stream(pieces: string[], fault?: Error) {
  let taken = 0;
  async function* read() {
    for (const piece of pieces) {
      taken += 1;
      yield piece;
    }
    if (fault) throw fault;
  }
  return { reader: { [Symbol.asyncIterator]: read }, taken: () => taken };
}

test("the pieces of a message come together", async () => {
  expect(await readMessage(stream(["Good ", "morning"]).reader)).toBe("Good morning");
  expect(await readMessage(stream([]).reader)).toBe("");
});

test("a message of the longest length is whole, a longer one is cut", async () => {
  const longest = "x".repeat(longestMessage);
  expect(await readMessage(stream([longest]).reader)).toBe(longest);
  expect(await readMessage(stream([longest, "y"]).reader)).toBe(`${longest}…`);
});

test("a message without an end is shown at its limit, and its rest goes nowhere", async () => {
  const { reader, taken } = stream(Array.from({ length: 1000 }, () => "x".repeat(1000)));
  let before = 0;
  const text = await readMessage(reader).then((whole) => {
    before = taken();
    return whole;
  });
  expect(text).toHaveLength(longestMessage + 1);
  expect(before).toBeLessThan(10);
  await vi.waitFor(() => expect(taken()).toBe(1000));
});

test("a message that breaks off is none", async () => {
  expect(await readMessage(stream(["Hel"], new Error("gone")).reader)).toBe("");
});
