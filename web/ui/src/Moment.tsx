// SPDX-License-Identifier: Apache-2.0

import { formatExact, formatMoment } from "./date";

/** A moment as the reader writes it; pointed at, it tells the second and the zone. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatMoment(at)}
    </time>
  );
}
