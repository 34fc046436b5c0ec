// SPDX-License-Identifier: Apache-2.0

// What the server's own page door sends and takes, in its words.

export interface Account {
  id: string;
  name: string;
}

export interface SessionUser {
  id: string;
  email: string;
  display_name: string;
  type: number;
  status: string;
  role: Role;
  personal_meeting_url?: string;
}

/** What a person is in the account: the owner and the admins look after it. */
export type Role = "owner" | "admin" | "member";

/** Who is signed in: a person of an account, or the account's operator. */
export type Session =
  | {
      kind: "user";
      account: Account;
      user: SessionUser;
      /** Where a session of single sign-on ends, here and at the identity provider. */
      leave?: string;
      /** The owner has just signed in by password, past the single sign-on that the domain forces. */
      broke_glass?: boolean;
    }
  | { kind: "operator"; account: Account };

export interface Prerequisite {
  code: string;
  message: string;
  fix: string;
}

export interface Capability {
  action: string;
  usable: boolean;
  missing: Prerequisite[];
  login: string;
  password: string;
  mail: string;
  status_at_once: string;
}

export interface Overview {
  account: Account;
  capabilities: { actions: Capability[] };
  /** Without a limit, `total` and `free` are null. */
  seats: { mode: SeatMode; licensed: Allowance; basic: Allowance };
  users: { active: number; inactive: number; pending: number };
}

/** Who takes the licensed seats: each licensed user, or each running meeting of one. */
export type SeatMode = "assigned" | "pool";

/** A limit and what is taken of it; null where there is no limit. */
export interface Allowance {
  total: number | null;
  used: number;
  free: number | null;
}

export const statuses = ["active", "pending", "inactive"] as const;
export type Status = (typeof statuses)[number];

export interface User {
  id: string;
  email: string;
  display_name: string;
  action: string;
  /** 1 is basic, 2 is licensed; Zoom's numbers. */
  type: number;
  role: Role;
  status: Status;
  status_reason: string;
  /** When the latest link expires or has expired; null when there is none or it was revoked. */
  invited_until: string | null;
  created_at: string;
  last_login_at: string | null;
}

export interface MailSummary {
  id: number | string;
  to: string;
  subject: string;
  created_at: string;
}

export interface Mail extends MailSummary {
  text: string;
}

/** Rows by what became of them, or in a dry run what would. */
export const outcomes = ["create", "update", "skip", "conflict", "error"] as const;
export type Outcome = (typeof outcomes)[number];

export interface ImportJob {
  id: string;
  state: "receiving" | "waiting" | "running" | "done" | "cancelled";
  /** Why Convoke cancelled it; empty otherwise. */
  reason: string;
  dry_run: boolean;
  file_name: string;
  rows_total: number;
  rows_done: number;
  rows_per_second: number;
  seconds_left: number;
  counts: Record<Outcome, number>;
  warnings: string[];
  created_at: string;
  finished_at: string | null;
}

export interface ImportProblem {
  row: number;
  outcome: Outcome;
  message: string;
  input: string[];
}

export interface Meeting {
  id: string;
  topic: string;
  type: number;
  start_time: string | null;
  /** In minutes. */
  duration: number;
  status: string;
  join_url: string;
}

export interface MeetingRequest {
  topic: string;
  /** Without one the meeting is instant. */
  start_time?: string;
  duration?: number;
}

export interface Activation {
  email: string;
  display_name: string;
  account_name: string;
  /** False where the person signs in elsewhere and only has to confirm. Absent means true. */
  needs_password?: boolean;
  password_rules: { code: string; text: string }[];
}

export type DomainState = "unverified" | "verified" | "lapsing" | "lapsed";

/** What shows that a domain is the account's own; one of the three is enough. */
export interface DomainProofs {
  dns_txt: { name: string; value: string };
  html_file: { url: string; path: string; content: string };
  meta_tag: { url: string; tag: string };
}

export interface Domain {
  domain: string;
  state: DomainState;
  /** The operator vouches for it, so that no proof is needed. */
  trusted: boolean;
  /** Other accounts of this server cannot invite its addresses. */
  exclusive: boolean;
  /** Its people sign in at the identity provider only. */
  force_sso: boolean;
  /** Who may use a password all the same. */
  sso_exceptions: string[];
  verified_at: string | null;
  checked_at: string | null;
  next_check_at: string | null;
  lapses_at: string | null;
  /** What is wrong, in one sentence; empty when all is well. */
  warning: string;
  proofs: DomainProofs;
}

/** What a look for one proof gave. */
export interface Finding {
  method: keyof DomainProofs;
  found: boolean;
  where: string;
  expected: string;
  got: string[];
  problem?: string;
}

export type WebhookState = "active" | "pending" | "failing" | "disabled";

export interface Webhook {
  id: string;
  client_id: string;
  url: string;
  /** Empty: all. */
  events: string[];
  state: WebhookState;
  validated_at: string | null;
  next_check_at: string | null;
  failing_since: string | null;
  /** Why the last challenge failed; empty when it did not. */
  failure: string;
}

/** What one says about a webhook; an empty list of events means all. */
export interface WebhookDraft {
  url: string;
  events: string[];
}

export interface AppName {
  client_id: string;
  name: string;
  /** The names of the events that it may be told of. */
  events: string[];
}

export type DeliveryState = "retrying" | "waiting" | "dead";

/** An event that a receiver did not take. */
export interface Delivery {
  event_id: number;
  event: string;
  state: DeliveryState;
  attempts: number;
  since: string;
  next_at: string | null;
  error: string;
}

export interface Attempt {
  event_id: number;
  event: string;
  at: string;
  duration_ms: number;
  /** 0 when there was no answer. */
  status: number;
  answer: string;
  error: string;
}

/** Who did something; without a kind it was Convoke itself, or nobody knows who. */
export interface Actor {
  kind?: "app" | "person" | "operator" | "participant";
  /** The app's client id, or the person's user id. */
  id?: string;
  name?: string;
  /** Of the client; empty at the command line. */
  address?: string;
}

/** One entry of the audit log. Secrets in it are hidden. */
export interface AuditEntry {
  id: number;
  action: string;
  at: string;
  actor: Actor;
  payload: {
    object?: Record<string, unknown>;
    /** The former values, in an entry that tells of a change. */
    old_object?: Record<string, unknown>;
  } | null;
}

export interface AuditFilter {
  /** A whole e-mail, user id or client id; empty: anybody. */
  person: string;
  /** An event's name, or its beginning up to a dot; empty: everything. */
  action: string;
}

export interface AuditFault {
  fault:
    | "entry_changed"
    | "entry_missing"
    | "entry_added"
    | "seal_broken"
    | "seal_missing"
    | "head_unmatched";
  entry?: number;
  seal?: number;
}

/** What a check of the audit log's chain found, over all accounts of the server. */
export interface AuditReport {
  entries: number;
  /** Of the entries, those that are no longer kept. */
  expired: number;
  unsealed: number;
  /** The first of the faults; `fault_count` counts all. */
  faults: AuditFault[];
  fault_count: number;
  head: string;
}

export const licences = ["basic", "licensed", "none"] as const;
export type Licence = (typeof licences)[number];

/** The roles that a rule can give; the owner is chosen by the operator alone. */
export const ruleRoles = ["admin", "member"] as const;
export type RuleRole = (typeof ruleRoles)[number];

export const matches = ["contains", "equals", "regexp"] as const;
export type RuleMatch = (typeof matches)[number];

export interface MappingRow {
  attribute: string;
  field: string;
}

export interface MappingRule {
  attribute: string;
  match: RuleMatch;
  value: string;
  license_type: Licence | "";
  role: RuleRole | "";
  /** Names of groups to be in; absent for a rule that says nothing about them. */
  groups?: string[];
}

/** What the account makes of the attributes of its identity provider. */
export interface Mapping {
  default_license_type: Licence;
  rows: MappingRow[];
  rules: MappingRule[];
  update_at_each_sign_in: boolean;
  save_response_logs: boolean;
}

/** A sign-in that was kept. */
export interface Assertion {
  id: string;
  at: string;
  subject: string;
  attributes: Record<string, string[]>;
  /** Why the person was refused; empty for who came in. */
  code: string;
}

export interface MappingPage {
  mapping: Mapping;
  fields: string[];
  assertions: Assertion[];
}

export interface PastSignIn {
  assertion_id: string;
}

export interface TriedSignIn {
  subject: string;
  attributes: Record<string, string[]>;
}

export interface SignInPreview {
  outcome: "made" | "replaced" | "bound" | "updated" | "found" | "refused";
  code: string;
  message: string;
  key: string;
  user_id: string;
  status: string;
  license_type: string;
  rule: number;
  role: string;
  role_rule: number;
  groups_joined: string[];
  groups_left: string[];
  groups_rule: number;
  values: { field: string; value: string; attribute: string }[];
  changes: { field: string; from: string; to: string }[];
  notes: string[];
}

/** An app's request to act for the person. */
export interface Asked {
  app: string;
  account: string;
  person: string;
  /** Where the person goes on; empty for a device. */
  site: string;
  scopes: string[];
  remembered: boolean;
}

/** An app that acts for the person. */
export interface Connection {
  client_id: string;
  app: string;
  scopes: string[];
  since: string;
}
