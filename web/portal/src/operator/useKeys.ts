// SPDX-License-Identifier: Apache-2.0

import { useRef } from "react";

/** Stable keys for the lines of a list that have no id of their own. */
export function useKeys(length: number) {
  const next = useRef(0);
  const keys = useRef<number[]>([]);
  while (keys.current.length < length) keys.current.push(next.current++);
  keys.current.length = length;
  return {
    at: (i: number) => keys.current[i] as number,
    remove: (i: number) => {
      keys.current.splice(i, 1);
    },
    swap: (i: number, j: number) => {
      const list = keys.current;
      [list[i], list[j]] = [list[j] as number, list[i] as number];
    },
  };
}
