// SPDX-License-Identifier: Apache-2.0

import { useCallback, useState } from "react";

export type PanelName = "people" | "chat";

/** Which side panel is open. Opening one closes the other. */
export function usePanel() {
  const [panel, setPanel] = useState<PanelName>();
  const toggle = useCallback(
    (name: PanelName) => setPanel((open) => (open === name ? undefined : name)),
    [],
  );
  const close = useCallback(() => setPanel(undefined), []);
  return { panel, toggle, close };
}
