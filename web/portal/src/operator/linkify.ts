// SPDX-License-Identifier: Apache-2.0

/** A stretch of a mail's text; with `href` it is a link that is safe to offer. */
export interface Stretch {
  text: string;
  href?: string;
}

const address = /https?:\/\/[^\s<>"']+/g;

/**
 * Cuts plain text into stretches and makes links of the addresses that lead back
 * to `origin`. Everything else stays text: a mail can quote what anybody typed,
 * and the operator's click must not lead elsewhere.
 */
export function linkify(text: string, origin: string): Stretch[] {
  const stretches: Stretch[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const link = match[0].replace(/[.,;:!?)\]]+$/, "");
    if (!leadsTo(link, origin)) continue;
    if (match.index > end) stretches.push({ text: text.slice(end, match.index) });
    stretches.push({ text: link, href: link });
    end = match.index + link.length;
  }
  if (end < text.length) stretches.push({ text: text.slice(end) });
  return stretches;
}

function leadsTo(link: string, origin: string): boolean {
  return URL.canParse(link) && new URL(link).origin === origin;
}
