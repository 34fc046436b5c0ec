// SPDX-License-Identifier: Apache-2.0

import type { Status } from "../api";

export const statusNames: Record<Status, string> = {
  active: "Active",
  pending: "Pending",
  inactive: "Inactive",
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
