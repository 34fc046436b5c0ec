// SPDX-License-Identifier: Apache-2.0

const usable = /^[a-z0-9-]{4,63}$/;

/** What the provider will have to be told, for providers that ask before they give anything. */
export function FutureValues({ vanity }: { vanity: string }) {
  const name = vanity.trim().toLowerCase();
  if (!usable.test(name)) return null;
  const base = `${window.location.origin}/sso/${name}`;
  return (
    <details className="sso__future">
      <summary data-testid="sso-future">Does the provider ask for Convoke’s values first?</summary>
      <dl className="sso__values">
        <dt>Entity id</dt>
        <dd data-testid="sso-future-entity-id">{base}</dd>
        <dt>Assertion consumer (ACS)</dt>
        <dd>{base}/acs</dd>
        <dt>Single logout</dt>
        <dd>{base}/slo</dd>
        <dt>Redirect URI of OpenID Connect</dt>
        <dd>{base}/callback</dd>
      </dl>
    </details>
  );
}
