// SPDX-License-Identifier: Apache-2.0

/** How one language and region write moments and numbers. */
export function formatsFor(locale: string | undefined) {
  const day = { day: "numeric", month: "short" } as const;
  return {
    clock: new Intl.DateTimeFormat(locale, { timeStyle: "short" }),
    thisYear: new Intl.DateTimeFormat(locale, { weekday: "short", ...day }),
    anyYear: new Intl.DateTimeFormat(locale, { year: "numeric", ...day }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }),
    days: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
    number: new Intl.NumberFormat(locale),
  };
}

/** Those of the person who reads, as their browser is set. */
const readers = formatsFor(globalThis.navigator?.language);

/** A moment in the reader's own time zone and way of writing: "Today, 14:30" or "Tue 1 Dec, 14:30". */
export function formatMoment(iso: string, now = new Date(), formats = readers): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return `${dayOf(moment, now, formats)}, ${formats.clock.format(moment)}`;
}

function dayOf(moment: Date, now: Date, formats: typeof readers): string {
  const ahead = [0, 1].find((days) => isDaysAhead(moment, now, days));
  if (ahead !== undefined) return asBeginning(formats.days.format(ahead, "day"));
  const sameYear = moment.getFullYear() === now.getFullYear();
  return (sameYear ? formats.thisYear : formats.anyYear).format(moment);
}

function isDaysAhead(moment: Date, now: Date, days: number): boolean {
  const day = new Date(now);
  day.setDate(now.getDate() + days);
  return moment.toDateString() === day.toDateString();
}

function asBeginning(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** The whole of a moment, to the second and with the zone, for those who look closer. */
export function formatExact(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : readers.exact.format(moment);
}

/** The time of day in the reader's own time zone: "14:30". */
export function formatClock(moment: Date | number): string {
  return readers.clock.format(moment);
}

/** A count, with its thousands set apart as the reader does it. */
export function formatNumber(count: number): string {
  return readers.number.format(count);
}
