// SPDX-License-Identifier: Apache-2.0

import { request } from "@convoke/ui";

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
  personal_meeting_url?: string;
}

/** Who is signed in: a person of an account, or the account's operator. */
export type Session =
  | { kind: "user"; account: Account; user: SessionUser }
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
  status: Status;
  status_reason: string;
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

export interface AppName {
  client_id: string;
  name: string;
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

const root = "/portal/api";
const webhookPath = (id: string) => `${root}/webhooks/${encodeURIComponent(id)}`;
const domainPath = (name: string) => `${root}/domains/${encodeURIComponent(name)}`;

function fileType(name: string): string {
  return /\.(ndjson|jsonl)$/i.test(name) ? "application/x-ndjson" : "text/csv";
}

/** The calls of the portal, as the server's own page door answers them. */
export const api = {
  session: () => request<Session>(`${root}/session`),
  signIn: (email: string, password: string) =>
    request<Session>(`${root}/session`, { method: "POST", body: { email, password } }),
  signOut: () => request<void>(`${root}/session`, { method: "DELETE" }),
  exchangeOperatorCode: (code: string) =>
    request<Session>(`${root}/operator`, { method: "POST", body: { code } }),

  overview: () => request<Overview>(`${root}/overview`),
  users: (status: Status, token: string) =>
    request<{ users: User[]; next_page_token: string }>(
      `${root}/users?${new URLSearchParams({ status, next_page_token: token })}`,
    ),
  resendInvitation: (id: string) =>
    request<void>(`${root}/users/${encodeURIComponent(id)}/invitation`, { method: "POST" }),
  setStatus: (id: string, action: "activate" | "deactivate") =>
    request<void>(`${root}/users/${encodeURIComponent(id)}/status`, {
      method: "PUT",
      body: { action },
    }),
  mails: (token: string) =>
    request<{ mails: MailSummary[]; next_page_token: string; delivery: "outbox" | "smtp" }>(
      `${root}/mails?${new URLSearchParams({ next_page_token: token })}`,
    ),
  mail: (id: string) => request<Mail>(`${root}/mails/${encodeURIComponent(id)}`),

  domains: () => request<{ domains: Domain[] }>(`${root}/domains`),
  addDomain: (domain: string) =>
    request<Domain>(`${root}/domains`, { method: "POST", body: { domain } }),
  setDomain: (name: string, exclusive: boolean) =>
    request<Domain>(domainPath(name), { method: "PUT", body: { exclusive } }),
  verifyDomain: (name: string) =>
    request<{ domain: Domain; findings: Finding[] }>(`${domainPath(name)}/verify`, {
      method: "POST",
    }),
  removeDomain: (name: string) => request<void>(domainPath(name), { method: "DELETE" }),
  startImport: (file: File, action: string, dryRun: boolean) =>
    request<ImportJob>(
      `${root}/imports?${new URLSearchParams({
        file_name: file.name,
        action,
        dry_run: String(dryRun),
      })}`,
      { method: "POST", file: { content: file, type: fileType(file.name) } },
    ),
  imports: (token: string) =>
    request<{ imports: ImportJob[]; next_page_token: string }>(
      `${root}/imports?${new URLSearchParams({ next_page_token: token })}`,
    ),
  importJob: (id: string) => request<ImportJob>(`${root}/imports/${encodeURIComponent(id)}`),
  importProblems: (id: string) =>
    request<{ rows: ImportProblem[] }>(`${root}/imports/${encodeURIComponent(id)}/problems`),
  /** The address of the results file. */
  importResults: (id: string) => `${root}/imports/${encodeURIComponent(id)}/results`,
  cancelImport: (id: string) =>
    request<ImportJob>(`${root}/imports/${encodeURIComponent(id)}/cancel`, { method: "POST" }),

  webhooks: () => request<{ webhooks: Webhook[]; apps: AppName[] }>(`${root}/webhooks`),
  addWebhook: (client: string, url: string) =>
    request<Webhook>(`${root}/webhooks`, { method: "POST", body: { client_id: client, url } }),
  setWebhook: (id: string, enabled: boolean) =>
    request<Webhook>(webhookPath(id), { method: "PUT", body: { enabled } }),
  validateWebhook: (id: string) =>
    request<Webhook>(`${webhookPath(id)}/validate`, { method: "POST" }),
  removeWebhook: (id: string) => request<void>(webhookPath(id), { method: "DELETE" }),
  deliveries: (id: string, token: string) =>
    request<{ deliveries: Delivery[]; next_page_token: string }>(
      `${webhookPath(id)}/deliveries?${new URLSearchParams({ next_page_token: token })}`,
    ),
  attempts: (id: string) => request<{ attempts: Attempt[] }>(`${webhookPath(id)}/attempts`),
  /** Puts one dead letter back, or all. */
  replayWebhook: (id: string, event?: number) =>
    request<{ replayed: number }>(`${webhookPath(id)}/replay`, {
      method: "POST",
      body: event === undefined ? {} : { event_id: event },
    }),

  meetings: () => request<{ meetings: Meeting[] }>(`${root}/meetings`),
  createMeeting: (meeting: MeetingRequest) =>
    request<Meeting & { start_url: string }>(`${root}/meetings`, { method: "POST", body: meeting }),
  startMeeting: (id: string) =>
    request<{ start_url: string }>(`${root}/meetings/${encodeURIComponent(id)}/start`, {
      method: "POST",
    }),
  deleteMeeting: (id: string) =>
    request<void>(`${root}/meetings/${encodeURIComponent(id)}`, { method: "DELETE" }),

  activation: (code: string) =>
    request<Activation>(`${root}/activation/${encodeURIComponent(code)}`),
  /** Answers with the session, or with nothing for a person who signs in elsewhere. */
  activate: (code: string, password: string) =>
    request<Session | undefined>(`${root}/activation/${encodeURIComponent(code)}`, {
      method: "POST",
      body: { password },
    }),
};
