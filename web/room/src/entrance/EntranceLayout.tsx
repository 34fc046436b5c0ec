// SPDX-License-Identifier: Apache-2.0

import { Badge, formatMoment, Logo } from "@convoke/ui";
import type { ReactNode } from "react";
import type { Lobby, Role } from "../api";
import type { Preview } from "../call/Preview";
import { PreviewPane } from "./PreviewPane";
import "./entrance.css";

interface EntranceLayoutProps {
  lobby: Lobby;
  preview: Preview;
  children: ReactNode;
}

/** The picture on one side, the meeting and the next step on the other. */
export function EntranceLayout({ lobby, preview, children }: EntranceLayoutProps) {
  return (
    <div className="entrance">
      <header className="entrance__head">
        <Logo />
      </header>
      <main className="entrance__main">
        <PreviewPane preview={preview} />
        <section className="entrance__side">
          <MeetingHeading lobby={lobby} />
          {children}
        </section>
      </main>
    </div>
  );
}

function MeetingHeading({ lobby: { meeting, role } }: { lobby: Lobby }) {
  return (
    <div className="entrance__heading">
      <h1>{meeting.topic || "Meeting"}</h1>
      <p>
        {role === "host" ? "Your meeting" : `Hosted by ${meeting.host_name || "the host"}`}
        <span aria-hidden="true"> · </span>
        {describeStart(meeting)}
      </p>
      <RoleBadge role={role} />
    </div>
  );
}

function describeStart(meeting: Lobby["meeting"]): string {
  if (meeting.status === "started") return "In progress";
  if (meeting.start_time) return formatMoment(meeting.start_time);
  return "Not started yet";
}

function RoleBadge({ role }: { role: Role }) {
  if (role === "attendee") return null;
  return <Badge tone="good">{role === "host" ? "You are the host" : "You are a co-host"}</Badge>;
}
