// SPDX-License-Identifier: Apache-2.0

import { useCallback } from "react";
import { api, type Meeting } from "../api";
import { type Pages, usePages } from "../usePages";

/**
 * The person's meetings: those that take place now are looked for first, because
 * the list of the planned ones has no instant meetings in it.
 */
export function useMeetings(): Pages<Meeting> {
  const list = usePages(useCallback(nextMeetings, []));
  return list.items ? { ...list, items: inOrder(list.items) } : list;
}

async function nextMeetings(token: string) {
  const running = token === "" ? api.runningMeetings() : undefined;
  const [first, page] = await Promise.all([running, api.meetings(token)]);
  return { items: [...(first?.meetings ?? []), ...page.meetings], next: page.next_page_token };
}

/** Running meetings first, then by start. One that is running may come twice. */
export function inOrder(meetings: Meeting[]): Meeting[] {
  const once = [...new Map(meetings.map((meeting) => [meeting.id, meeting])).values()];
  return once.toSorted((a, b) => {
    if ((a.status === "started") !== (b.status === "started")) {
      return a.status === "started" ? -1 : 1;
    }
    return startOf(a) - startOf(b);
  });
}

/** A meeting without a time comes after those that have one. */
function startOf(meeting: Meeting): number {
  return meeting.start_time ? Date.parse(meeting.start_time) : Number.POSITIVE_INFINITY;
}
