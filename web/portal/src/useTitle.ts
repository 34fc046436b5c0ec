// SPDX-License-Identifier: Apache-2.0

import { useEffect } from "react";

/** Names the page in the window's title. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Convoke`;
  }, [title]);
}
