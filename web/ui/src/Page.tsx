// SPDX-License-Identifier: Apache-2.0

import type { HTMLAttributes, ReactNode } from "react";
import { Logo } from "./Logo";
import "./page.css";

interface PageProps extends HTMLAttributes<HTMLElement> {
  children: ReactNode;
  "data-testid"?: string;
  "data-code"?: string;
  "data-reason"?: string;
}

/** A page with one card on it, under the mark. */
export function Page({ children, ...main }: PageProps) {
  return (
    <main {...main} className="cv-page">
      <Logo />
      <div className="cv-page__card">{children}</div>
    </main>
  );
}
