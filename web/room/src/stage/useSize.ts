// SPDX-License-Identifier: Apache-2.0

import { type RefObject, useLayoutEffect, useState } from "react";
import type { Size } from "./grid";

/** The inner size of an element, kept current; zero until it is on the page. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setSize({ width, height });
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
