// SPDX-License-Identifier: Apache-2.0

import "./logo.css";

/** The mark and the name. */
export function Logo() {
  return (
    <span className="cv-logo">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="9" />
        <path d="M22.6 11.2a8 8 0 1 0 0 9.6" />
        <circle cx="16.2" cy="16" r="2.6" />
      </svg>
      Convoke
    </span>
  );
}
