// SPDX-License-Identifier: Apache-2.0

import { CopyButton } from "../person/CopyButton";
import type { ServiceProvider } from "../sso";

const values: { key: keyof ServiceProvider; label: string; hint: string }[] = [
  { key: "metadata_url", label: "Metadata", hint: "All of what follows, as a document" },
  { key: "entity_id", label: "Entity id", hint: "Also called identifier, audience or SP issuer" },
  { key: "acs_url", label: "Assertion consumer", hint: "Also called ACS, reply or SSO URL" },
  { key: "slo_url", label: "Single logout", hint: "HTTP-Redirect and HTTP-POST" },
  { key: "sign_in_url", label: "Sign-in address", hint: "Where people begin" },
  { key: "certificate", label: "Certificate", hint: "For encryption, and to check requests" },
];

/** What the identity provider must be told, each value ready to be copied. */
export function ServiceValues({ values: given }: { values: ServiceProvider }) {
  return (
    <section className="card" aria-labelledby="sso-values">
      <h2 id="sso-values">What the identity provider must be told</h2>
      <ul className="sso__copy">
        {values.map(({ key, label, hint }) => (
          <li key={key}>
            <div>
              <strong>{label}</strong>
              <span>{hint}</span>
            </div>
            <code data-testid={`sso-value-${key}`}>{given[key]}</code>
            <CopyButton
              text={given[key]}
              label={`Copy ${label.toLowerCase()}`}
              done="Copied."
              testId={`sso-copy-${key}`}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
