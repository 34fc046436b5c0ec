// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import { useEffect, useId, useRef } from "react";
import "./dialog.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  children?: ReactNode;
  /** The buttons, the safe one first. */
  actions: ReactNode;
}

/** A modal question. The browser's own dialog keeps the focus inside and closes on Escape. */
export function Dialog({ title, onClose, children, actions }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} className="cv-dialog" aria-labelledby={heading} onClose={onClose}>
      <h2 id={heading}>{title}</h2>
      {children && <div className="cv-dialog__body">{children}</div>}
      <div className="cv-dialog__actions">{actions}</div>
    </dialog>
  );
}
