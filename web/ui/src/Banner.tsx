// SPDX-License-Identifier: Apache-2.0

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";
import "./banner.css";

export type Tone = "info" | "good" | "warn" | "danger";

const icons = { info: Info, good: CircleCheck, warn: TriangleAlert, danger: CircleAlert };

interface BannerProps {
  tone?: Tone;
  title?: string;
  children?: ReactNode;
  /** A button that answers the notice. */
  action?: ReactNode;
  className?: string;
}

/** A notice in the flow of the page. Danger interrupts a screen reader, the rest wait their turn. */
export function Banner({ tone = "info", title, children, action, className }: BannerProps) {
  const Icon = icons[tone];
  return (
    <div
      className={classes("cv-banner", `cv-banner--${tone}`, className)}
      role={tone === "danger" ? "alert" : "status"}
    >
      <Icon size={20} aria-hidden="true" />
      <div className="cv-banner__text">
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
      {action}
    </div>
  );
}
