// SPDX-License-Identifier: Apache-2.0

import type { Participant } from "livekit-client";
import type { Role } from "../api";

export const roleNames: Record<Role, string> = {
  host: "Host",
  cohost: "Co-host",
  attendee: "Attendee",
};

/** The role that the server gave; a participant cannot change it, and an unknown one has no rights. */
export function roleOf(person: Pick<Participant, "attributes">): Role {
  const role = person.attributes["role"];
  return role === "host" || role === "cohost" ? role : "attendee";
}

export function nameOf(person: Pick<Participant, "name">): string {
  return person.name || "Guest";
}

/** The order of the list: oneself, who leads the meeting, then everybody by name. */
export function inListOrder<P extends Pick<Participant, "attributes" | "isLocal" | "name">>(
  people: P[],
): P[] {
  const rank = (person: P) => (person.isLocal ? 0 : roleOf(person) === "attendee" ? 2 : 1);
  return [...people].sort((a, b) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b)));
}

/** Whether the role may mute, remove and admit. The server decides; this only shows the buttons. */
export function moderates(role: Role): boolean {
  return role !== "attendee";
}

/** One or two letters that stand for a name, whatever its script. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(firstCharacter);
  return letters.join("").toLocaleUpperCase("en-GB") || "?";
}

/** The first user-perceived character, so that an emoji or an accent is not cut in half. */
function firstCharacter(word: string | undefined): string {
  if (!word) return "";
  const [first] = new Intl.Segmenter("en-GB").segment(word);
  return first?.segment ?? "";
}

/** A hue that stays with the name, in degrees. */
export function hueOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}
