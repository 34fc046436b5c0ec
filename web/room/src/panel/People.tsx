// SPDX-License-Identifier: Apache-2.0

import { Button, problemOf, useSay } from "@convoke/ui";
import { useParticipants } from "@livekit/components-react";
import type { WaitingPerson } from "../api";
import type { Call } from "../call/useCall";
import { inListOrder, moderates, roleOf } from "../stage/person";
import { Panel } from "./Panel";
import { PersonRow } from "./PersonRow";
import { WaitingList } from "./WaitingList";

interface PeopleProps {
  call: Call;
  waiting: WaitingPerson[];
  onAdmit: (person: WaitingPerson) => void;
  onClose: () => void;
}

/** Who is here and who is at the door; for moderators, with what they may do. */
export function People({ call, waiting, onAdmit, onClose }: PeopleProps) {
  const people = useParticipants();
  const moderator = moderates(call.session.role);
  return (
    <Panel title={`Participants (${people.length})`} onClose={onClose}>
      <div className="panel__body">
        <WaitingList people={waiting} onAdmit={onAdmit} />
        <ul className="people">
          {inListOrder(people).map((person) => (
            <PersonRow
              key={person.sid || "me"}
              person={person}
              api={call.api}
              canModerate={moderator && !person.isLocal && roleOf(person) !== "host"}
            />
          ))}
        </ul>
      </div>
      {moderator && people.length > 1 && <MuteAll call={call} />}
    </Panel>
  );
}

function MuteAll({ call }: { call: Call }) {
  const say = useSay();
  function muteAll() {
    call.api.muteAll().then(
      () => say("All attendees were muted."),
      (error) => say(problemOf(error).detail, "danger"),
    );
  }
  return (
    <div className="panel__foot">
      <Button wide onClick={muteAll} data-testid="mute-all">
        Mute all attendees
      </Button>
    </div>
  );
}
