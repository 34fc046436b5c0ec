// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import "./empty-state.css";

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** 1 where this is all that the page shows. */
  level?: 1 | 2;
  children?: ReactNode;
  action?: ReactNode;
}

/** What a list shows while there is nothing in it: why, and what to do next. */
export function EmptyState({ icon, title, level = 2, children, action }: EmptyStateProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="cv-empty">
      {icon && <div className="cv-empty__icon">{icon}</div>}
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}
