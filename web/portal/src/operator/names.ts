// SPDX-License-Identifier: Apache-2.0

import type { DomainProofs, Licence, Role, RuleMatch, Status, User } from "../api";

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

export const licenceNames: Record<Licence, string> = {
  basic: "Basic",
  licensed: "Licensed",
  none: "No access",
};

export const matchNames: Record<RuleMatch, string> = {
  contains: "contains",
  equals: "equals",
  regexp: "matches (RE2)",
};

export const roleNames: Record<Role, string> = {
  owner: "Owner",
  admin: "Admin",
  member: "Member",
};

/** Fields whose name in words is not the API's with spaces. */
const fieldNames: Record<string, string> = {
  email: "E-mail",
  dept: "Department",
  cost_center: "Cost centre",
  pmi: "Personal meeting ID",
  employee_unique_id: "Employee unique ID",
  license_type: "Licence",
  timezone: "Time zone",
};

/** A field of a user in words. */
export function fieldName(field: string): string {
  const words = fieldNames[field] ?? inWords(field);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

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
