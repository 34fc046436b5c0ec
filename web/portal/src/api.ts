// SPDX-License-Identifier: Apache-2.0

import { request } from "@convoke/ui";
import type {
  Activation,
  AppName,
  Asked,
  Attempt,
  AuditEntry,
  AuditFilter,
  AuditReport,
  Connection,
  Delivery,
  Domain,
  Finding,
  ImportJob,
  ImportProblem,
  Mail,
  MailSummary,
  Mapping,
  MappingPage,
  Meeting,
  MeetingRequest,
  Overview,
  PastSignIn,
  RegisteredApp,
  Session,
  SignInPreview,
  Status,
  TriedSignIn,
  User,
  Webhook,
  WebhookDraft,
} from "./wire";

export * from "./wire";

const root = "/portal/api";
const userPath = (id: string) => `${root}/users/${encodeURIComponent(id)}`;
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
  resendInvitation: (id: string) => request<User>(`${userPath(id)}/invitation`, { method: "POST" }),
  revokeInvitation: (id: string) =>
    request<User>(`${userPath(id)}/invitation`, { method: "DELETE" }),
  setStatus: (id: string, action: "activate" | "deactivate") =>
    request<void>(`${userPath(id)}/status`, { method: "PUT", body: { action } }),
  mails: (token: string) =>
    request<{ mails: MailSummary[]; next_page_token: string; delivery: "outbox" | "smtp" }>(
      `${root}/mails?${new URLSearchParams({ next_page_token: token })}`,
    ),
  mail: (id: string) => request<Mail>(`${root}/mails/${encodeURIComponent(id)}`),

  domains: () => request<{ domains: Domain[] }>(`${root}/domains`),
  addDomain: (domain: string) =>
    request<Domain>(`${root}/domains`, { method: "POST", body: { domain } }),
  setDomain: (
    name: string,
    patch: Partial<Pick<Domain, "exclusive" | "force_sso" | "sso_exceptions">>,
  ) => request<Domain>(domainPath(name), { method: "PUT", body: patch }),
  verifyDomain: (name: string) =>
    request<{ domain: Domain; findings: Finding[] }>(`${domainPath(name)}/verify`, {
      method: "POST",
    }),
  removeDomain: (name: string) => request<void>(domainPath(name), { method: "DELETE" }),
  mapping: () => request<MappingPage>(`${root}/mapping`),
  setMapping: (mapping: Mapping) =>
    request<Mapping>(`${root}/mapping`, { method: "PUT", body: mapping }),
  /** What would become of a sign-in under a mapping that need not be saved; changes nothing. */
  previewMapping: (mapping: Mapping, signIn: PastSignIn | TriedSignIn) =>
    request<SignInPreview>(`${root}/mapping/preview`, {
      method: "POST",
      body: { mapping, ...signIn },
    }),
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

  apps: () => request<{ apps: RegisteredApp[] }>(`${root}/apps`),

  webhooks: () => request<{ webhooks: Webhook[]; apps: AppName[] }>(`${root}/webhooks`),
  addWebhook: (client: string, draft: WebhookDraft) =>
    request<Webhook>(`${root}/webhooks`, {
      method: "POST",
      body: { client_id: client, ...draft },
    }),
  setWebhook: (id: string, change: Partial<WebhookDraft & { enabled: boolean }>) =>
    request<Webhook>(webhookPath(id), { method: "PUT", body: change }),
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

  audit: (filter: AuditFilter, token: string) =>
    request<{ entries: AuditEntry[]; next_page_token: string }>(
      `${root}/audit?${new URLSearchParams({ ...filter, next_page_token: token })}`,
    ),
  auditActions: () => request<{ actions: string[] }>(`${root}/audit/actions`),
  verifyAudit: () => request<AuditReport>(`${root}/audit/verify`, { method: "POST" }),
  /** The address of the whole log as a file. */
  auditExport: `${root}/audit/export`,

  /** The person's meetings, but for instant ones. */
  meetings: (token: string) =>
    request<{ meetings: Meeting[]; next_page_token: string }>(
      `${root}/meetings?${new URLSearchParams({ next_page_token: token })}`,
    ),
  /** Those of the person's that take place now, instant ones too. */
  runningMeetings: () => request<{ meetings: Meeting[] }>(`${root}/meetings?type=live`),
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
  /** What an app asks the person for; search holds its parameters. */
  asked: (search: string) => request<Asked>(`${root}/connect${search}`),
  answerConnect: (search: string, allow: boolean) =>
    request<{ redirect: string }>(`${root}/connect${search}`, { method: "POST", body: { allow } }),
  /** What the device asks for that shows the code. */
  askedDevice: (code: string) =>
    request<Asked>(`${root}/device?user_code=${encodeURIComponent(code)}`),
  answerDevice: (code: string, allow: boolean) =>
    request<void>(`${root}/device?user_code=${encodeURIComponent(code)}`, {
      method: "POST",
      body: { allow },
    }),
  connections: () => request<{ connections: Connection[] }>(`${root}/connections`),
  withdraw: (client: string) =>
    request<void>(`${root}/connections/${encodeURIComponent(client)}`, { method: "DELETE" }),
  /** Answers with the session, or with nothing for a person who signs in elsewhere. */
  activate: (code: string, password: string) =>
    request<Session | undefined>(`${root}/activation/${encodeURIComponent(code)}`, {
      method: "POST",
      body: { password },
    }),
};
