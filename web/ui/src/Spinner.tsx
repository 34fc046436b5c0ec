// SPDX-License-Identifier: Apache-2.0

import "./spinner.css";

/** A quiet turning ring. It says nothing to a screen reader: label the waiting part itself. */
export function Spinner({ size = 24 }: { size?: number }) {
  return (
    <svg className="cv-spinner" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="9.5" />
      <path d="M21.5 12A9.5 9.5 0 0 0 12 2.5" />
    </svg>
  );
}

/** A whole area that is still loading, announced politely. */
export function Loading({ label }: { label: string }) {
  return (
    <div className="cv-loading" role="status">
      <Spinner size={28} />
      <p>{label}</p>
    </div>
  );
}
