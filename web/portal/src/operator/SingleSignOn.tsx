// SPDX-License-Identifier: Apache-2.0

import { Badge, Banner, Button, formatMoment, Loading, useSay } from "@convoke/ui";
import { useState } from "react";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { type FutureAddresses, type SingleSignOnView, ssoApi } from "../sso";
import { useAct } from "../useAct";
import { useLoad } from "../useLoad";
import { NoDomain } from "./NoDomain";
import { ProviderForm } from "./ProviderForm";
import { RemoveSSO } from "./RemoveSSO";
import { ServiceValues } from "./ServiceValues";
import { SSOSwitches } from "./SSOSwitches";
import "./sso.css";

/** Single sign-on: the identity provider, what it must be told, and a try. */
export function SingleSignOn() {
  const { data, problem, reload } = useLoad(ssoApi.get);
  return (
    <>
      <PageHead title="Single sign-on">
        People sign in at your organisation’s identity provider, by SAML 2.0 or OpenID Connect. Give
        Convoke the provider’s values, then give it Convoke’s.
      </PageHead>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading single sign-on" />}
      {data && (
        <div className="sso">
          <NoDomain />
          <SetUp initial={data.sso} future={data.future} />
        </div>
      )}
    </>
  );
}

interface SetUpProps {
  initial: SingleSignOnView | null;
  future: FutureAddresses;
}

function SetUp({ initial, future }: SetUpProps) {
  const [sso, setSSO] = useState(initial);
  if (!sso) return <ProviderForm future={future} onSet={setSSO} />;
  return (
    <div className="sso__set" data-testid="sso" data-vanity={sso.vanity}>
      <Provider sso={sso} onRemoved={() => setSSO(null)} />
      <ServiceValues sso={sso} />
      <SSOSwitches sso={sso} onChanged={setSSO} />
      <details className="sso__change">
        <summary>Change the identity provider</summary>
        <ProviderForm sso={sso} future={future} onSet={setSSO} />
      </details>
    </div>
  );
}

const byHand: Record<string, string> = {
  sign_in_url: "sign-in address",
  sign_out_url: "sign-out address",
  binding: "binding",
  certificates: "certificates",
};

function Provider({ sso, onRemoved }: { sso: SingleSignOnView; onRemoved: () => void }) {
  return (
    <section className="card sso__provider" aria-labelledby="sso-provider">
      <div className="sso__head">
        <h2 id="sso-provider">Identity provider</h2>
        <Badge tone="good">On</Badge>
      </div>
      {sso.refresh_failure && <Banner tone="warn">{sso.refresh_failure}</Banner>}
      <dl className="sso__values">
        <dt>{sso.oidc ? "Issuer" : "Entity id"}</dt>
        <dd data-testid="sso-entity-id">{sso.entity_id}</dd>
        <dt>Sign-in address</dt>
        <dd>
          {sso.sign_in_url}
          {!sso.oidc && ` (${sso.binding})`}
        </dd>
        {sso.oidc && (
          <>
            <dt>Client id</dt>
            <dd>{sso.oidc.client_id}</dd>
            <dt>Scopes</dt>
            <dd>{sso.oidc.scopes.join(" ")}</dd>
            {sso.oidc.hosted_domain && (
              <>
                <dt>Hosted domain</dt>
                <dd>{sso.oidc.hosted_domain}</dd>
              </>
            )}
          </>
        )}
        <dt>Sign-out address</dt>
        <dd>{sso.sign_out_url || "None: people are signed out here only"}</dd>
        {sso.certificates.map((certificate) => (
          <Certificate key={certificate.sha256} {...certificate} />
        ))}
        {sso.metadata_url && (
          <>
            <dt>Metadata</dt>
            <dd>
              {sso.metadata_url}
              {sso.refreshed_at && `, fetched ${formatMoment(sso.refreshed_at)}`}
              {sso.set_by_hand.length > 0 &&
                `. Set by hand, and left alone: ${sso.set_by_hand.map((name) => byHand[name]).join(", ")}`}
            </dd>
          </>
        )}
      </dl>
      <div className="sso__actions">
        <TestSignIn />
        <RemoveSSO onRemoved={onRemoved} />
      </div>
    </section>
  );
}

function Certificate({ sha256, not_after: end }: SingleSignOnView["certificates"][number]) {
  return (
    <>
      <dt>Certificate</dt>
      <dd>
        <code>{sha256.slice(0, 16)}…</code> until {formatMoment(end)}
      </dd>
    </>
  );
}

/** Leads through the provider to a page that shows what came, and changes nothing. */
function TestSignIn() {
  const [busy, run] = useAct();
  const say = useSay();
  const test = () =>
    run(async () => {
      const { url } = await ssoApi.test();
      say("Off to the identity provider.");
      window.location.assign(url);
    });
  return (
    <Button variant="primary" busy={busy} onClick={test} data-testid="sso-test-sign-in">
      Test sign-in
    </Button>
  );
}
