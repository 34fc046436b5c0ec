// SPDX-License-Identifier: Apache-2.0

import { hueOf, initialsOf } from "./person";

/** A person's initials on their own colour. Decoration: the name stands beside it. */
export function Avatar({ name, size }: { name: string; size?: number }) {
  const hue = hueOf(name);
  return (
    <span
      className="avatar"
      aria-hidden="true"
      style={{
        ...(size ? { width: size, height: size, fontSize: size * 0.38 } : {}),
        background: `hsl(${hue} 34% 38%)`,
      }}
    >
      {initialsOf(name)}
    </span>
  );
}
