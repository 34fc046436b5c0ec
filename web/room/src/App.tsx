// SPDX-License-Identifier: Apache-2.0

import { ErrorPage } from "@convoke/ui";
import { useCall } from "./call/useCall";
import { Ended } from "./Ended";
import { Entrance } from "./entrance/Entrance";
import type { Link } from "./link";
import { RoomView } from "./stage/RoomView";

/** The meeting page: one visit by one link. */
export function App({ link }: { link: Link | undefined }) {
  const { phase, enter, end, leave, rejoin } = useCall();
  if (!link) return <ErrorPage problem={notALink} />;
  switch (phase.at) {
    case "entrance":
      return <Entrance key={phase.visit} link={link} onAdmitted={enter} onEnd={end} />;
    case "room":
      return (
        <RoomView
          call={phase.call}
          publishFailed={phase.publishFailed}
          onLeave={() => leave(phase.call)}
        />
      );
    case "ended":
      return <Ended reason={phase.reason} onRejoin={rejoin} />;
  }
}

const notALink = {
  status: 404,
  code: "meeting_not_found",
  title: "There is no such meeting",
  detail: "The address is not a meeting link. Check it, or ask for the invitation again.",
};
