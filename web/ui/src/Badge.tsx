// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import type { Tone } from "./Banner";
import "./badge.css";

/** A word or number set apart: a status, a role, a count. The word carries the meaning, not the colour. */
export function Badge({ tone = "info", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`cv-badge cv-badge--${tone}`}>{children}</span>;
}
