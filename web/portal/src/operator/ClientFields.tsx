// SPDX-License-Identifier: Apache-2.0

import { Field } from "@convoke/ui";
import type { OpenIDClient } from "../sso";

interface ClientFieldsProps {
  client: OpenIDClient | undefined;
  errorOf: (...fields: string[]) => string | undefined;
}

/** What an OpenID provider gives to a client that was registered with it. */
export function ClientFields({ client, errorOf }: ClientFieldsProps) {
  return (
    <>
      <Field
        label="Issuer"
        name="issuer"
        type="url"
        defaultValue={client?.issuer}
        placeholder="https://login.example.com"
        required
        data-testid="sso-field-issuer"
        hint="As the provider writes it, letter for letter. What it publishes is fetched every day."
        error={errorOf("issuer", "protocol")}
      />
      <Field
        label="Client id"
        name="client_id"
        defaultValue={client?.client_id}
        autoComplete="off"
        spellCheck={false}
        required
        data-testid="sso-field-client-id"
        error={errorOf("client_id")}
      />
      <Field
        label="Client secret"
        name="client_secret"
        type="password"
        autoComplete="off"
        required={!client}
        data-testid="sso-field-client-secret"
        hint={client ? "Leave it empty to keep the one there is." : "It is never shown again."}
        error={errorOf("client_secret")}
      />
      <Field
        label="Scopes"
        name="scopes"
        defaultValue={(client?.scopes ?? ["openid", "email", "profile"]).join(" ")}
        required
        data-testid="sso-field-scopes"
        hint="With openid among them; add groups where the provider has it."
        error={errorOf("scopes")}
      />
      <Field
        label="Hosted domain"
        name="hosted_domain"
        defaultValue={client?.hosted_domain}
        placeholder="example.com"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        data-testid="sso-field-hosted-domain"
        hint="For Google: your Workspace’s primary domain, or everybody with a Google account could come in. Leave it empty elsewhere."
        error={errorOf("hosted_domain")}
      />
    </>
  );
}
