// SPDX-License-Identifier: Apache-2.0

import { Button, Spinner } from "@convoke/ui";
import type { Session } from "../api";

interface WaitingCardProps {
  reason: Session["reason"];
  onLeave: () => void;
}

/** Says what a person is waiting for. The page moves on by itself. */
export function WaitingCard({ reason, onLeave }: WaitingCardProps) {
  const inWaitingRoom = reason === "waiting_room";
  return (
    <div className="waiting" data-testid="waiting" data-reason={reason}>
      <div className="waiting__text" role="status" aria-live="polite">
        <Spinner size={26} />
        <div>
          <h2>{inWaitingRoom ? "Waiting to be let in" : "Waiting for the host"}</h2>
          <p>
            {inWaitingRoom
              ? "The host knows that you are here and will let you in soon."
              : "The meeting starts when the host arrives. You will join by yourself."}
          </p>
        </div>
      </div>
      <Button onClick={onLeave} data-testid="waiting-leave">
        Stop waiting
      </Button>
    </div>
  );
}
