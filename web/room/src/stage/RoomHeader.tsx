// SPDX-License-Identifier: Apache-2.0

import { Button } from "@convoke/ui";
import { Settings, UserPlus } from "lucide-react";
import type { Call } from "../call/useCall";
import { useCopyInvite } from "./useCopyInvite";

interface RoomHeaderProps {
  call: Call;
  onSettings: () => void;
}

/** The topic, the invitation and the settings. */
export function RoomHeader({ call, onSettings }: RoomHeaderProps) {
  const copyInvite = useCopyInvite(call.session);
  const { meeting } = call.session;
  return (
    <header className="room__head">
      <div className="room__topic">
        <h1>{meeting.topic || "Meeting"}</h1>
        <p>
          <span>{formatMeetingId(meeting.id)}</span>
          {meeting.passcode && (
            <span className="room__passcode" data-testid="passcode">
              Passcode {meeting.passcode}
            </span>
          )}
        </p>
      </div>
      <Button size="sm" className="room__invite" data-testid="copy-invite" onClick={copyInvite}>
        <UserPlus size={18} aria-hidden="true" />
        Invite
      </Button>
      <button type="button" className="icon-button" aria-label="Settings" onClick={onSettings}>
        <Settings size={20} aria-hidden="true" />
      </button>
    </header>
  );
}

/** Groups the digits as they are read out: 123 4567 8901. */
export function formatMeetingId(id: string): string {
  return id.replace(/^(\d{3})(\d{3,4})(\d{4})$/, "$1 $2 $3");
}
