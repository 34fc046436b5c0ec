// SPDX-License-Identifier: Apache-2.0

import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useShortcuts } from "../controls/useShortcuts";
import "./panel.css";

interface PanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** The frame of a side panel; on a narrow window it covers the stage. Escape closes it. */
export function Panel({ title, onClose, children }: PanelProps) {
  const heading = useId();
  useShortcuts({ escape: onClose });
  return (
    <aside className="panel" aria-labelledby={heading}>
      <header className="panel__head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="icon-button" aria-label="Close panel" onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </button>
      </header>
      {children}
    </aside>
  );
}
