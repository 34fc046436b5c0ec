// SPDX-License-Identifier: Apache-2.0

import { leaveForRoom } from "@convoke/ui";

/** Goes to the room, which then knows the way back. The link comes from the server; anything but a web address is a fault. */
export function openRoom(startUrl: string): void {
  const { protocol, pathname } = new URL(startUrl, window.location.href);
  if (protocol !== "https:" && protocol !== "http:") throw new Error("not a web address");
  leaveForRoom(pathname);
  window.location.assign(startUrl);
}
