// SPDX-License-Identifier: Apache-2.0

import { EmptyState } from "@convoke/ui";
import { CalendarDays } from "lucide-react";
import type { Meeting } from "../api";
import { PagedList } from "../shell/PagedList";
import type { Pages } from "../usePages";
import { MeetingRow } from "./MeetingRow";

/** The person's meetings, page by page. */
export function MeetingList({ meetings }: { meetings: Pages<Meeting> }) {
  return (
    <section className="card card--list" aria-label="Meetings">
      <PagedList
        list={meetings}
        loading="Loading your meetings"
        moreId="meetings-more"
        empty={
          <EmptyState icon={<CalendarDays size={22} aria-hidden="true" />} title="Nothing planned">
            Start a meeting now, or schedule one and send its link around.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((meeting) => (
              <MeetingRow key={meeting.id} meeting={meeting} onDeleted={meetings.reload} />
            ))}
          </ul>
        )}
      </PagedList>
    </section>
  );
}
