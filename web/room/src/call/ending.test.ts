// SPDX-License-Identifier: Apache-2.0

import { DisconnectReason } from "livekit-client";
import { expect, test } from "vitest";
import { endReasonOf, endReasonOfState } from "./ending";

test.each([
  [DisconnectReason.CLIENT_INITIATED, "left"],
  [DisconnectReason.PARTICIPANT_REMOVED, "removed"],
  [DisconnectReason.ROOM_DELETED, "ended"],
  [DisconnectReason.DUPLICATE_IDENTITY, "elsewhere"],
  [DisconnectReason.SERVER_SHUTDOWN, "lost"],
  [undefined, "lost"],
])("disconnect reason %s means %s", (reason, end) => {
  expect(endReasonOf(reason)).toBe(end);
});

test.each([
  ["removed", "removed"],
  ["ended", "ended"],
  ["waiting", undefined],
  ["admitted", undefined],
] as const)("state %s means the end %s", (state, end) => {
  expect(endReasonOfState(state)).toBe(end);
});
