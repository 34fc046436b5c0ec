// SPDX-License-Identifier: Apache-2.0

/** Lives as long as the tab, and only for pages of this site. */
const key = "convoke.from-portal";

/** Notes that the portal opens the room at this path in this tab. */
export function leaveForRoom(path: string): void {
  try {
    sessionStorage.setItem(key, path);
  } catch {
    // Where storage is forbidden the room offers no way back.
  }
}

/** Whether the portal opened the room at this path in this tab. */
export function cameFromPortal(path: string): boolean {
  try {
    return sessionStorage.getItem(key) === path;
  } catch {
    return false;
  }
}
