// SPDX-License-Identifier: Apache-2.0

import { type FutureAddresses, namePlace } from "../sso";

const usable = /^[a-z0-9-]{4,63}$/;

interface FutureValuesProps {
  vanity: string;
  future: FutureAddresses;
}

/** What the provider will have to be told, for providers that ask before they give anything. */
export function FutureValues({ vanity, future }: FutureValuesProps) {
  const name = vanity.trim().toLowerCase();
  if (!usable.test(name)) return null;
  const of = (address: string) => address.replace(namePlace, name);
  const { service_provider: provider, oidc } = future;
  return (
    <details className="sso__future">
      <summary data-testid="sso-future">Does the provider ask for Convoke’s values first?</summary>
      <dl className="sso__values">
        <dt>Entity id</dt>
        <dd data-testid="sso-future-entity-id">{of(provider.entity_id)}</dd>
        <dt>Assertion consumer (ACS)</dt>
        <dd>{of(provider.acs_url)}</dd>
        <dt>Single logout</dt>
        <dd>{of(provider.slo_url)}</dd>
        <dt>Redirect URI of OpenID Connect</dt>
        <dd>{of(oidc.redirect_uri)}</dd>
      </dl>
    </details>
  );
}
