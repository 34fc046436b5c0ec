// SPDX-License-Identifier: Apache-2.0

import { EmptyState, Loading } from "@convoke/ui";
import { CalendarDays } from "lucide-react";
import type { Meeting } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import type { Loaded } from "../useLoad";
import { MeetingRow } from "./MeetingRow";

/** The person's meetings, running ones first, then by start. */
export function MeetingList({ meetings }: { meetings: Loaded<{ meetings: Meeting[] }> }) {
  const { data, problem, reload } = meetings;
  return (
    <section className="card card--list" aria-label="Meetings">
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading your meetings" />}
      {data?.meetings.length === 0 && (
        <EmptyState icon={<CalendarDays size={22} aria-hidden="true" />} title="Nothing planned">
          Start a meeting now, or schedule one and send its link around.
        </EmptyState>
      )}
      <ul>
        {inOrder(data?.meetings ?? []).map((meeting) => (
          <MeetingRow key={meeting.id} meeting={meeting} onDeleted={reload} />
        ))}
      </ul>
    </section>
  );
}

export function inOrder(meetings: Meeting[]): Meeting[] {
  return meetings.toSorted((a, b) => {
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
