// SPDX-License-Identifier: Apache-2.0

/** The longest message, in characters; the input stops there and a longer one is cut. */
export const longestMessage = 2000;

/** A text that comes in pieces, as the media client's stream readers give it. */
type Pieces = Pick<AsyncIterator<string>, "next">;

/**
 * Reads a message as far as it may be shown. Nobody vouches for its length, so
 * that it is not gathered first and cut later; one that breaks off is empty.
 */
export async function readMessage(reader: { [Symbol.asyncIterator](): Pieces }): Promise<string> {
  const pieces = reader[Symbol.asyncIterator]();
  let text = "";
  try {
    while (text.length <= longestMessage) {
      const piece = await pieces.next();
      if (piece.done) return text;
      text += piece.value;
    }
  } catch {
    return "";
  }
  void drop(pieces);
  return `${text.slice(0, longestMessage)}…`;
}

/** Takes the rest and keeps none of it: pieces that nobody takes would pile up in the client. */
async function drop(pieces: Pieces): Promise<void> {
  try {
    while (!(await pieces.next()).done);
  } catch {
    // The sender went away in the middle of it.
  }
}
