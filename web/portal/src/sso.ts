// SPDX-License-Identifier: Apache-2.0

import { request } from "@convoke/ui";

/** What the identity provider must be told. */
export interface ServiceProvider {
  entity_id: string;
  metadata_url: string;
  acs_url: string;
  slo_url: string;
  sign_in_url: string;
  certificate: string;
}

export interface ProviderCertificate {
  subject: string;
  sha256: string;
  not_after: string;
}

/** The account as the client of its OpenID provider, and what that must be told. */
export interface OpenIDClient {
  issuer: string;
  client_id: string;
  scopes: string[];
  hosted_domain: string;
  redirect_uri: string;
  initiate_login_uri: string;
  post_logout_redirect_uri: string;
  backchannel_logout_uri: string;
}

export type Protocol = "saml" | "oidc";

export type Binding = "HTTP-Redirect" | "HTTP-POST";

/** When the account's users come into being. */
export type Provisioning = "at_sign_in" | "prior_to_sign_in";

/** The account's single sign-on. */
export interface SingleSignOnView {
  protocol: Protocol;
  oidc: OpenIDClient | null;
  vanity: string;
  entity_id: string;
  sign_in_url: string;
  sign_out_url: string;
  binding: Binding;
  certificates: ProviderCertificate[];
  sign_requests: boolean;
  want_encrypted: boolean;
  idp_initiated: boolean;
  provisioning: Provisioning;
  relogin_after_minutes: number;
  metadata_url: string;
  refreshed_at: string | null;
  refresh_failure: string;
  set_by_hand: string[];
  service_provider: ServiceProvider;
}

/** Stands for the account's name in the addresses of FutureAddresses. */
export const namePlace = "{name}";

/** What the provider of an account that has chosen its name will have to be told. */
export interface FutureAddresses {
  service_provider: ServiceProvider;
  oidc: OpenIDClient;
}

/** What is absent stays as it is. */
export interface SingleSignOnForm {
  protocol?: Protocol;
  issuer?: string;
  client_id?: string;
  client_secret?: string;
  scopes?: string[];
  hosted_domain?: string;
  metadata?: string;
  metadata_url?: string;
  vanity?: string;
  entity_id?: string;
  sign_in_url?: string;
  sign_out_url?: string;
  binding?: Binding;
  certificates?: string[];
  sign_requests?: boolean;
  want_encrypted?: boolean;
  idp_initiated?: boolean;
  provisioning?: Provisioning;
  relogin_after_minutes?: number;
}

const path = "/portal/api/sso";

/** The calls of the set-up page. */
export const ssoApi = {
  get: () => request<{ sso: SingleSignOnView | null; future: FutureAddresses }>(path),
  set: (form: SingleSignOnForm) =>
    request<{ sso: SingleSignOnView }>(path, { method: "PUT", body: form }),
  remove: () => request<void>(path, { method: "DELETE" }),
  test: () => request<{ url: string }>(`${path}/test`, { method: "POST" }),
};
