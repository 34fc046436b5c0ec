// SPDX-License-Identifier: Apache-2.0

import type { ButtonHTMLAttributes } from "react";
import { classes } from "./classes";
import { Spinner } from "./Spinner";
import "./button.css";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** How much the button asks for attention. One primary button a view. */
  variant?: "primary" | "secondary" | "quiet" | "danger";
  size?: "md" | "sm";
  /** The act is under way: the button keeps its width and cannot be pressed again. */
  busy?: boolean;
  wide?: boolean;
}

/** A button. It never submits a form unless `type="submit"` is given. */
export function Button(props: ButtonProps) {
  const { variant = "secondary", size = "md", busy, wide, className, children, ...rest } = props;
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      {...rest}
      disabled={busy || rest.disabled}
      className={classes(
        "cv-button",
        `cv-button--${variant}`,
        `cv-button--${size}`,
        wide && "cv-button--wide",
        className,
      )}
    >
      {busy && <Spinner size={16} />}
      {children}
    </button>
  );
}
