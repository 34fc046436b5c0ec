// SPDX-License-Identifier: Apache-2.0

import { Badge, problemOf, useSay } from "@convoke/ui";
import { useIsMuted } from "@livekit/components-react";
import { type Participant, Track } from "livekit-client";
import { Mic, MicOff, UserX, VideoOff } from "lucide-react";
import type { SessionApi } from "../api";
import { Avatar } from "../stage/Avatar";
import { nameOf, roleNames, roleOf } from "../stage/person";

interface PersonRowProps {
  person: Participant;
  api: SessionApi;
  canModerate: boolean;
}

/** One person in the list. */
export function PersonRow({ person, api, canModerate }: PersonRowProps) {
  const name = nameOf(person);
  const role = roleOf(person);
  const micOff = useIsMuted({ participant: person, source: Track.Source.Microphone });
  const cameraOff = useIsMuted({ participant: person, source: Track.Source.Camera });
  return (
    <li className="person">
      <Avatar name={name} size={36} />
      <span className="person__name">
        <span>{person.isLocal ? `${name} (you)` : name}</span>
        {role !== "attendee" && <Badge tone="good">{roleNames[role]}</Badge>}
      </span>
      {cameraOff && (
        <VideoOff size={18} role="img" aria-label="Camera off" className="person__sign" />
      )}
      {canModerate ? (
        <Moderation person={person} name={name} api={api} micOff={micOff} />
      ) : (
        micOff && <MicOff size={18} role="img" aria-label="Muted" className="person__sign" />
      )}
    </li>
  );
}

interface ModerationProps {
  person: Participant;
  name: string;
  api: SessionApi;
  micOff: boolean;
}

function Moderation({ person, name, api, micOff }: ModerationProps) {
  const say = useSay();
  function run(act: Promise<void>, done: string) {
    act.then(
      () => say(done),
      (error) => say(problemOf(error).detail, "danger"),
    );
  }
  return (
    <>
      <button
        type="button"
        className="icon-button"
        data-testid="mute"
        data-identity={person.identity}
        aria-label={micOff ? `${name} is muted` : `Mute ${name}`}
        title={micOff ? "Muted" : "Mute"}
        disabled={micOff}
        onClick={() => run(api.mute(person.identity, "microphone"), `${name} was muted.`)}
      >
        {micOff ? <MicOff size={18} aria-hidden="true" /> : <Mic size={18} aria-hidden="true" />}
      </button>
      <button
        type="button"
        className="icon-button icon-button--danger"
        data-testid="remove"
        data-identity={person.identity}
        aria-label={`Remove ${name}`}
        title="Remove from the meeting"
        onClick={({ detail: clicks }) => {
          // The second click of two would meet whoever moved up.
          if (clicks < 2) run(api.remove(person.identity), `${name} was removed.`);
        }}
      >
        <UserX size={18} aria-hidden="true" />
      </button>
    </>
  );
}
