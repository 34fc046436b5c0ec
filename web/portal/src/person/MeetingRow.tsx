// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Dialog, formatMoment, useSay } from "@convoke/ui";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api, type Meeting } from "../api";
import { useAct } from "../useAct";
import { CopyButton } from "./CopyButton";
import { openRoom } from "./openRoom";

interface MeetingRowProps {
  meeting: Meeting;
  onDeleted: () => void;
}

/** One meeting: when it is, the way in, the link for others. */
export function MeetingRow({ meeting, onDeleted }: MeetingRowProps) {
  const [asking, setAsking] = useState(false);
  const started = meeting.status === "started";
  return (
    <li
      className="meeting"
      data-testid="meeting-row"
      data-id={meeting.id}
      data-status={meeting.status}
    >
      <div className="meeting__text">
        <h2>{meeting.topic || "Meeting"}</h2>
        <p>
          {started && <Badge tone="good">In progress</Badge>}
          {describeTime(meeting)}
        </p>
      </div>
      <div className="meeting__actions">
        <StartButton meeting={meeting} started={started} />
        <CopyButton text={meeting.join_url} done="Join link copied." testId="copy-join-link" />
        <button
          type="button"
          className="meeting__delete"
          aria-label={`Delete ${meeting.topic}`}
          title="Delete"
          data-testid="delete-meeting"
          onClick={() => setAsking(true)}
        >
          <Trash2 size={18} aria-hidden="true" />
        </button>
      </div>
      {asking && (
        <DeleteQuestion meeting={meeting} onClose={() => setAsking(false)} onDeleted={onDeleted} />
      )}
    </li>
  );
}

/** The type of a meeting that was started at once. */
const instant = 1;

function describeTime(meeting: Meeting): string {
  if (meeting.type === instant) return "Started without a plan";
  if (!meeting.start_time) return "No fixed time";
  return `${formatMoment(meeting.start_time)}, ${meeting.duration} minutes`;
}

function StartButton({ meeting, started }: { meeting: Meeting; started: boolean }) {
  const [busy, run] = useAct();
  const start = () => run(async () => openRoom((await api.startMeeting(meeting.id)).start_url));
  return (
    <Button size="sm" variant="primary" busy={busy} data-testid="start-scheduled" onClick={start}>
      {started ? "Return" : "Start"}
    </Button>
  );
}

function DeleteQuestion({
  meeting,
  onClose,
  onDeleted,
}: MeetingRowProps & { onClose: () => void }) {
  const [busy, run] = useAct();
  const say = useSay();
  const remove = () =>
    run(async () => {
      await api.deleteMeeting(meeting.id);
      say("The meeting was deleted.");
      onClose();
      onDeleted();
    });
  return (
    <Dialog
      title="Delete this meeting?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" busy={busy} data-testid="delete-confirm" onClick={remove}>
            Delete
          </Button>
        </>
      }
    >
      <p>“{meeting.topic || "Meeting"}” goes away, and its join link stops working.</p>
    </Dialog>
  );
}
