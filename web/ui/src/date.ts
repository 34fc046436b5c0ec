// SPDX-License-Identifier: Apache-2.0

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
});
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** A moment in the person's own time zone: "Today, 14:30", "Mon 23 Nov, 14:30" or "2 Jan 2025, 14:30". */
export function formatMoment(iso: string, now = new Date()): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return `${formatDay(moment, now)}, ${clock.format(moment)}`;
}

function formatDay(moment: Date, now: Date): string {
  if (moment.toDateString() === now.toDateString()) return "Today";
  const tomorrow = new Date(now);
  tomorrow.setDate(now.getDate() + 1);
  if (moment.toDateString() === tomorrow.toDateString()) return "Tomorrow";
  if (moment.getFullYear() === now.getFullYear()) return day.format(moment).replace(",", "");
  return dayAndYear.format(moment);
}

/** The time of day in the person's own time zone: "14:30". */
export function formatClock(moment: Date | number): string {
  return clock.format(moment);
}
