// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import type { AuditEntry } from "../api";
import { fieldsOf, nameOf, subjectOf, verbOf } from "./audit";

function entry(action: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return { id: 1, action, at: "2026-11-23T09:00:00Z", actor: {}, payload: null, ...more };
}

const ada = { kind: "person", id: "u1", name: "ada@example.com" } as const;

test.each([
  [
    entry("user.created", { actor: ada, payload: { object: { id: "u2", email: "bo@x.example" } } }),
    "ada@example.com created the user bo@x.example",
  ],
  [
    entry("user.signed_in", { actor: ada, payload: { object: { email: "ada@example.com" } } }),
    "ada@example.com signed in",
  ],
  [
    entry("user.sign_in_failed", { payload: { object: { email: "ada@example.com" } } }),
    "Somebody failed to sign in as ada@example.com",
  ],
  [
    entry("sso.refused", {
      payload: { object: { code: "not_provisioned", email: "ann@x.example" } },
    }),
    "ann@x.example was not let in by single sign-on (not_provisioned)",
  ],
  [
    entry("sso.refused", { payload: { object: { code: "user_pending", external_id: "ann-1" } } }),
    "ann-1 was not let in by single sign-on (user_pending)",
  ],
  [
    entry("sso.refused", { payload: { object: { code: "bad_signature" } } }),
    "Somebody was not let in by single sign-on (bad_signature)",
  ],
  [entry("sso.refused"), "Somebody was not let in by single sign-on"],
  [
    entry("sso.refused", { payload: { object: { code: "sso_required" } } }),
    "Somebody was sent to single sign-on instead of a password",
  ],
  [
    entry("domain.verified", { payload: { object: { domain: "x.example", trusted: false } } }),
    "Convoke found the proof of the domain x.example",
  ],
  [
    entry("domain.verified", {
      actor: { kind: "operator" },
      payload: { object: { domain: "x.example", trusted: true } },
    }),
    "The operator vouched for the domain x.example",
  ],
  [
    entry("operator.signed_in", { actor: { kind: "operator" }, payload: { object: {} } }),
    "The operator signed in to the portal",
  ],
  [
    entry("meeting.participant_joined", {
      payload: { object: { topic: "Algebra", participant: { user_name: "Grace" } } },
    }),
    "Grace joined the meeting Algebra",
  ],
  [
    entry("meeting.ended", { payload: { object: { id: 55, topic: "" } } }),
    "Convoke ended the meeting 55",
  ],
  [entry("sso.set_up", { actor: { kind: "app", id: "c1" } }), "c1 sso: set up"],
])("an entry reads as a sentence", (one, sentence) => {
  const parts = [nameOf(one), verbOf(one), subjectOf(one)?.text];
  expect(parts.filter(Boolean).join(" ")).toBe(sentence);
});

test("a change shows what differs, also deep inside", () => {
  const changed = entry("user.settings_updated", {
    payload: {
      object: { id: "u1", settings: { in_meeting: { chat: true, hosts: ["a", "b"] } } },
      old_object: { id: "u1", settings: { in_meeting: { chat: false } } },
    },
  });
  expect(fieldsOf(changed)).toEqual([
    { field: "settings › in meeting › chat", before: "false", after: "true" },
    { field: "settings › in meeting › hosts", before: "", after: "a, b" },
  ]);
});

test("a change from nothing to nothing is none", () => {
  const changed = entry("sso.mapping_updated", {
    payload: {
      object: { rules: [{ value: "b", groups: [], role: "" }] },
      old_object: { rules: [{ value: "a" }] },
    },
  });
  expect(fieldsOf(changed)).toEqual([{ field: "rules › 1 › value", before: "a", after: "b" }]);
});

test("an entry that somebody spoiled in the database can still be shown", () => {
  expect(fieldsOf(entry("user.updated"))).toEqual([]);
  expect(subjectOf(entry("user.updated"))).toBeUndefined();
});
