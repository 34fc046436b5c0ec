// SPDX-License-Identifier: Apache-2.0

/** From this length on, neighbours in the alphabet or among the digits are a run. */
const shortestRun = 6;

/** The server's password rules by code. The server decides; this only saves a round trip. */
const checks: Record<string, (password: string) => boolean> = {
  password_length: (password) => {
    const length = [...password].length;
    return length >= 8 && length <= 32;
  },
  password_letter: (password) => /\p{L}/u.test(password),
  password_digit: (password) => /\p{Nd}/u.test(password),
  password_case: (password) => /\p{Lu}/u.test(password) && /\p{Ll}/u.test(password),
  password_repeated: (password) => new Set(password).size > 1,
  password_consecutive: (password) => password !== "" && !hasRun(password),
};

/** Whether the password keeps a rule; undefined for a rule that this page cannot check. */
export function keeps(code: string, password: string): boolean | undefined {
  return checks[code]?.(password);
}

/** Finds abcdef, 654321 and the like, whatever the case of the letters. */
function hasRun(password: string): boolean {
  const characters = [...password.toLowerCase()];
  return [1, -1].some((step) => longestRun(characters, step) >= shortestRun);
}

function longestRun(characters: string[], step: number): number {
  let longest = 1;
  let length = 1;
  for (const [index, character] of characters.entries()) {
    const before = characters[index - 1];
    length = before !== undefined && follows(before, character, step) ? length + 1 : 1;
    longest = Math.max(longest, length);
  }
  return longest;
}

function follows(before: string, character: string, step: number): boolean {
  if (!/[\p{L}\p{Nd}]/u.test(character)) return false;
  return (character.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0) === step;
}
