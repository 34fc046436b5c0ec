// SPDX-License-Identifier: Apache-2.0

/** Goes to the room. The link comes from the server; anything but a web address is a fault. */
export function openRoom(startUrl: string): void {
  const { protocol } = new URL(startUrl, window.location.href);
  if (protocol !== "https:" && protocol !== "http:") throw new Error("not a web address");
  window.location.assign(startUrl);
}
