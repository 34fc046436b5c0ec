// SPDX-License-Identifier: Apache-2.0

import type { DomainProofs, Status, User } from "../api";

export const statusNames: Record<Status, string> = {
  active: "Active",
  pending: "Pending",
  inactive: "Inactive",
};

export const proofNames: Record<keyof DomainProofs, string> = {
  dns_txt: "DNS record",
  html_file: "HTML file",
  meta_tag: "Meta tag",
};

/** Zoom's user types in words. */
export function typeName(type: number): string {
  switch (type) {
    case 1:
      return "Basic";
    case 2:
      return "Licensed";
    default:
      return "Unassigned";
  }
}

/** A word of the API as a word on the page: "email_and_password" reads "email and password". */
export function inWords(value: string): string {
  return value.replaceAll("_", " ");
}

/** The user has a link that works. */
export function isInvited(user: User): boolean {
  return user.invited_until !== null && user.status_reason !== "invitation_expired";
}
