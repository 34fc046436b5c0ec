// SPDX-License-Identifier: Apache-2.0

import { CopyButton } from "../person/CopyButton";
import type { OpenIDClient, ServiceProvider, SingleSignOnView } from "../sso";

interface Row<Key> {
  key: Key;
  label: string;
  hint: string;
}

const clientValues: Row<Exclude<keyof OpenIDClient, "scopes" | "hosted_domain">>[] = [
  { key: "redirect_uri", label: "Redirect URI", hint: "Also called callback or reply URL" },
  {
    key: "post_logout_redirect_uri",
    label: "Post-logout URI",
    hint: "Also called sign-out redirect",
  },
  {
    key: "backchannel_logout_uri",
    label: "Back-channel logout",
    hint: "Where it signs people out here",
  },
  { key: "initiate_login_uri", label: "Sign-in address", hint: "Where people begin" },
];

const values: Row<keyof ServiceProvider>[] = [
  { key: "metadata_url", label: "Metadata", hint: "All of what follows, as a document" },
  { key: "entity_id", label: "Entity id", hint: "Also called identifier, audience or SP issuer" },
  { key: "acs_url", label: "Assertion consumer", hint: "Also called ACS, reply or SSO URL" },
  { key: "slo_url", label: "Single logout", hint: "HTTP-Redirect and HTTP-POST" },
  { key: "sign_in_url", label: "Sign-in address", hint: "Where people begin" },
  { key: "certificate", label: "Certificate", hint: "For encryption, and to check requests" },
];

function valuesOf({ oidc, service_provider: saml }: SingleSignOnView) {
  return oidc
    ? clientValues.map((row) => ({ ...row, text: oidc[row.key] }))
    : values.map((row) => ({ ...row, text: saml[row.key] }));
}

/** A label in the middle of a sentence: its abbreviations stay as they are. */
function inside(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

/** What the identity provider must be told, each value ready to be copied. */
export function ServiceValues({ sso }: { sso: SingleSignOnView }) {
  return (
    <section className="card" aria-labelledby="sso-values">
      <h2 id="sso-values">What the identity provider must be told</h2>
      <ul className="sso__copy">
        {valuesOf(sso).map(({ key, text, label, hint }) => (
          <li key={key}>
            <div>
              <strong>{label}</strong>
              <span>{hint}</span>
            </div>
            {key === "certificate" ? (
              <details>
                <summary>Show it</summary>
                <code data-testid="sso-value-certificate">{text}</code>
              </details>
            ) : (
              <code data-testid={`sso-value-${key}`}>{text}</code>
            )}
            <CopyButton
              text={text}
              label={`Copy ${inside(label)}`}
              done="Copied."
              testId={`sso-copy-${key}`}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
