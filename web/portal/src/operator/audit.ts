// SPDX-License-Identifier: Apache-2.0

import type { AuditEntry } from "../api";
import { inWords } from "./names";

/** What was done, as the verb of a sentence that begins with who did it. */
const verbs: Record<string, string> = {
  "user.created": "created the user",
  "user.updated": "changed the user",
  "user.activated": "activated the user",
  "user.deactivated": "deactivated the user",
  "user.disassociated": "disassociated the user",
  "user.deleted": "deleted the user",
  "user.invitation_accepted": "accepted the invitation",
  "user.settings_updated": "changed the settings of the user",
  "user.signed_in": "signed in",
  "user.signed_out": "signed out",
  "user.sign_in_failed": "failed to sign in as",
  "user.invited": "invited",
  "user.invitation_revoked": "revoked the invitation of",
  "user.password_changed": "changed the password of",
  "user.assistants_updated": "changed the assistants of the user",
  "user.meetings_transferred": "handed on the meetings of the user",
  "user.tokens_revoked": "ended the sessions and start links of the user",
  "group.created": "made the group",
  "group.updated": "changed the group",
  "group.deleted": "deleted the group",
  "group.member_added": "added to the group",
  "group.member_deleted": "took out of the group",
  "sso.updated": "changed the single sign-on of the account",
  "sso.removed": "removed the single sign-on of the account",
  "sso.picture_offered": "brought a picture at sign-in",
  "sso.mapping_updated": "changed the attribute mapping of the account",
  "sso.bypassed": "signed in with a password, by an exception",
  "sso.break_glass": "signed in with a password, as the owner",
  "meeting.created": "scheduled the meeting",
  "meeting.updated": "changed the meeting",
  "meeting.deleted": "deleted the meeting",
  "meeting.started": "started the meeting",
  "meeting.ended": "ended the meeting",
  "meeting.participant_joined": "joined the meeting",
  "meeting.participant_left": "left the meeting",
  "binding.created": "bound a user to the external id",
  "binding.replaced": "bound another user to the external id",
  "binding.deleted": "unbound the external id",
  "domain.added": "added the domain",
  "domain.updated": "changed the domain",
  "domain.verified": "found the proof of the domain",
  "domain.warning": "found no proof of the domain",
  "domain.lapsed": "ended the verification of the domain",
  "domain.removed": "removed the domain",
  "import.started": "started the import of",
  "import.finished": "finished the import of",
  "webhook.created": "added a webhook subscription",
  "webhook.deleted": "removed a webhook subscription",
  "webhook.updated": "changed a webhook subscription",
  "webhook.validated": "got the right answer from the receiver",
  "webhook.validation_failed": "got no right answer from the receiver",
  "account.created": "created the account",
  "account.updated": "changed the account",
  "app.created": "registered the app",
  "app.revoked": "revoked the app",
  "token.created": "got an access token for the app",
  "token.revoked": "ended tokens of the app",
  "app.updated": "changed the app",
  "app.authorized": "allowed the app to act for them",
  "app.deauthorized": "withdrew what they had allowed the app",
  "operator.link_created": "made a sign-in link for the operator",
  "operator.signed_in": "signed in to the portal",
};

/** What was done, as words after who did it. */
export function verbOf({ action, payload }: AuditEntry): string {
  const object = payload?.object;
  if (action === "sso.refused") return refusalOf(object?.["code"]);
  if (action === "domain.verified" && object?.["trusted"] === true) return "vouched for the domain";
  return verbs[action] ?? inWords(action.replace(".", ": "));
}

/** A password of a domain that forces single sign-on is refused before anybody was asked there. */
function refusalOf(code: unknown): string {
  if (code === "sso_required") return "was sent to single sign-on instead of a password";
  return code ? `was not let in by single sign-on (${code})` : "was not let in by single sign-on";
}

/** Who did it, as words at the beginning of a sentence. */
export function nameOf({ action, actor, payload }: AuditEntry): string {
  if (action.startsWith("meeting.participant_")) return guestOf(payload?.object) ?? "Somebody";
  if (action === "user.sign_in_failed") return "Somebody";
  if (action === "sso.refused") return provenOf(payload?.object) ?? "Somebody";
  if (actor.kind === "operator") return "The operator";
  return actor.kind ? actor.name || actor.id || "Somebody" : "Convoke";
}

function guestOf(object: Record<string, unknown> | undefined): string | undefined {
  const participant = object?.["participant"] as { user_name?: string } | undefined;
  return participant?.user_name || undefined;
}

/** Whom the identity provider vouched for, though they were not let in. */
function provenOf(object: Record<string, unknown> | undefined): string | undefined {
  const { email, external_id: id } = (object ?? {}) as { email?: string; external_id?: string };
  return email || id || undefined;
}

/** What people do to themselves alone: to whom goes without saying. */
const ownActs = new Set([
  "user.signed_in",
  "user.signed_out",
  "user.invitation_accepted",
  "sso.refused",
]);

/** The fields that name what an entry is about, the most telling first. */
const names = [
  "email",
  "topic",
  "domain",
  "url",
  "file_name",
  "external_id",
  "name",
  "user_id",
  "id",
];

export interface Subject {
  text: string;
  /** The log can be asked for it: it finds whole texts, and no numbers. */
  findable: boolean;
}

/** To whom or to what it was done; undefined where that goes without saying. */
export function subjectOf({ action, payload }: AuditEntry): Subject | undefined {
  if (ownActs.has(action)) return undefined;
  for (const field of names) {
    const value = payload?.object?.[field];
    if (typeof value === "number") return { text: String(value), findable: false };
    if (typeof value === "string" && value !== "") return { text: value, findable: true };
  }
  return undefined;
}

export interface FieldChange {
  field: string;
  /** Undefined in an entry that tells of no former value at all. */
  before?: string;
  after: string;
}

/** The fields of an entry, as they are after it; with what they were, where it tells. */
export function fieldsOf({ payload }: AuditEntry): FieldChange[] {
  const after = flatten(payload?.object);
  if (!payload?.old_object) {
    return [...after].map(([field, value]) => ({ field: inWords(field), after: value }));
  }
  const before = flatten(payload.old_object);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({
      field: inWords(field),
      before: before.get(field) ?? "",
      after: after.get(field) ?? "",
    }))
    .filter((change) => change.before !== change.after);
}

/** The texts in an object by their paths: "schedule meeting › host video". */
function flatten(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (value === undefined || value === null) return into;
  if (typeof value !== "object") return into.set(path, String(value));
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== "object")) return into.set(path, value.join(", "));
    value.forEach((one, index) => {
      flatten(one, join(path, String(index + 1)), into);
    });
    return into;
  }
  for (const [key, inner] of Object.entries(value)) flatten(inner, join(path, key), into);
  return into;
}

const join = (path: string, key: string) => (path === "" ? key : `${path} › ${key}`);
