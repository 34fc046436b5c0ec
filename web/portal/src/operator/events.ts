// SPDX-License-Identifier: Apache-2.0

import { asLabel, inWords } from "./names";

export interface EventGroup {
  /** What stands before the dot of the names: "user". */
  subject: string;
  label: string;
  names: string[];
}

const labels: Record<string, string> = {
  user: "Users",
  meeting: "Meetings",
  binding: "Bindings",
  domain: "Domains",
  group: "Groups",
  import: "Imports",
  webhook: "Webhooks",
  account: "Account",
  app: "Apps",
  token: "Access tokens",
  operator: "Operator",
};

/** Sorts the names of events under what they are about, in the order in which each is first seen. */
export function groupEvents(names: string[]): EventGroup[] {
  const groups = new Map<string, EventGroup>();
  for (const name of names) {
    const subject = name.split(".", 1)[0] ?? name;
    const group = groups.get(subject);
    if (group) group.names.push(name);
    else
      groups.set(subject, {
        subject,
        label: labels[subject] ?? asLabel(inWords(subject)),
        names: [name],
      });
  }
  return [...groups.values()];
}
