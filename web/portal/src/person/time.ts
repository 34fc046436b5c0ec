// SPDX-License-Identifier: Apache-2.0

/** The next full hour as the value of a datetime-local input, in local time. */
export function nextFullHour(now: Date): string {
  const next = new Date(now);
  next.setHours(now.getHours() + 1, 0, 0, 0);
  const date = [next.getFullYear(), two(next.getMonth() + 1), two(next.getDate())].join("-");
  return `${date}T${two(next.getHours())}:${two(next.getMinutes())}`;
}

/** The value of a datetime-local input, read in the person's time zone, as RFC 3339 in UTC. */
export function toInstant(local: string): string {
  return new Date(local).toISOString().replace(/\.\d+Z$/, "Z");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
