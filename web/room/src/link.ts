// SPDX-License-Identifier: Apache-2.0

/** What the address of the page says about who is coming to which meeting. */
export type Link =
  | { kind: "start"; meeting_id: string; zak: string }
  | { kind: "join"; meeting_id: string; pwd: string }
  | { kind: "ticket"; ticket: string }
  | { kind: "personal"; name: string; pwd: string };

/** Reads a link from the address, or gives undefined when it is none of ours. */
export function parseLink(address: Pick<Location, "pathname" | "search">): Link | undefined {
  const [door, key, ...rest] = address.pathname.split("/").filter(Boolean).map(decode);
  if (!key || rest.length > 0) return undefined;
  const query = new URLSearchParams(address.search);
  switch (door) {
    case "s":
      return { kind: "start", meeting_id: key, zak: query.get("zak") ?? "" };
    case "j":
      return { kind: "join", meeting_id: key, pwd: query.get("pwd") ?? "" };
    case "t":
      return { kind: "ticket", ticket: key };
    case "my":
      return { kind: "personal", name: key, pwd: query.get("pwd") ?? "" };
    default:
      return undefined;
  }
}

/** A segment with a broken escape is taken as it stands; the server then refuses it. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
