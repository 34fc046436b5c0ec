// SPDX-License-Identifier: Apache-2.0

import { DisconnectReason } from "livekit-client";
import type { Session } from "../api";

/** Why the meeting is over for this person. `elsewhere`: the same person joined in another window. */
export type EndReason = "left" | "removed" | "ended" | "elsewhere" | "lost";

/** Reads the media server's reason for a disconnect. Whatever is not certain is `lost`. */
export function endReasonOf(reason: DisconnectReason | undefined): EndReason {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return "left";
    case DisconnectReason.PARTICIPANT_REMOVED:
      return "removed";
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return "ended";
    case DisconnectReason.DUPLICATE_IDENTITY:
      return "elsewhere";
    default:
      return "lost";
  }
}

/** The end that a session's state means, if it means one. */
export function endReasonOfState(state: Session["state"]): EndReason | undefined {
  if (state === "removed" || state === "ended") return state;
  return undefined;
}
