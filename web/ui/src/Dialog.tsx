// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import { useId, useLayoutEffect, useRef } from "react";
import "./dialog.css";

interface DialogProps {
  title: string;
  /** The question acts by itself if nobody answers, so that its text is read out at once. */
  urgent?: boolean;
  onClose: () => void;
  children?: ReactNode;
  /** The buttons, the safe one first. */
  actions: ReactNode;
}

/**
 * A modal question. The browser's own dialog keeps the focus inside, closes on
 * Escape, and gives the focus back to where it was.
 */
export function Dialog({ title, urgent, onClose, children, actions }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const body = useId();
  // Before the element is gone, or the browser does not give the focus back.
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      className="cv-dialog"
      role={urgent ? "alertdialog" : undefined}
      aria-labelledby={heading}
      aria-describedby={urgent ? body : undefined}
      // At the Escape itself: the browser tells of the close a moment later, and
      // who presses the opening button in between would find it without effect.
      onCancel={(event) => event.target === event.currentTarget && onClose()}
      onClose={() => box.current?.open || onClose()}
    >
      <h2 id={heading}>{title}</h2>
      {children && (
        <div id={body} className="cv-dialog__body">
          {children}
        </div>
      )}
      <div className="cv-dialog__actions">{actions}</div>
    </dialog>
  );
}
