// SPDX-License-Identifier: Apache-2.0

import { Badge, EmptyState, formatMoment, Loading } from "@convoke/ui";
import { KeyRound } from "lucide-react";
import { useId } from "react";
import { type AppKind, api, type RegisteredApp } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { useLoad } from "../useLoad";
import "./apps.css";
import "./entry.css";

const kinds: Record<AppKind, string> = {
  account: "Acts in the whole account",
  user: "People sign in to it",
  public: "People sign in to it; it has no secret",
};

/** The apps that may call the API. They are made, changed and revoked at the command line. */
export function Apps() {
  const { data, problem, reload } = useLoad(api.apps);
  return (
    <>
      <PageHead title="Apps">
        Apps that may call the API, for the account or for people who sign in to them. The command
        line makes, changes and revokes them: <code>convoke app --help</code>.
      </PageHead>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading the apps" />}
      {data && <AppList apps={data.apps} />}
    </>
  );
}

function AppList({ apps }: { apps: RegisteredApp[] }) {
  if (apps.length === 0)
    return (
      <div className="card card--list">
        <EmptyState icon={<KeyRound size={22} aria-hidden="true" />} title="No apps yet">
          Make one with <code>convoke app create --name NAME</code>.
        </EmptyState>
      </div>
    );
  return (
    <div className="entries">
      {apps.map((app) => (
        <AppCard key={app.client_id} app={app} />
      ))}
    </div>
  );
}

function AppCard({ app }: { app: RegisteredApp }) {
  const heading = useId();
  return (
    <section className="card entry" aria-labelledby={heading} data-testid="app">
      <div className="entry__head">
        <div>
          <h2 id={heading}>{app.name}</h2>
          <p>
            {app.revoked && <Badge tone="danger">Revoked</Badge>}
            {kinds[app.kind]} · Since: {formatMoment(app.created_at)}
          </p>
        </div>
      </div>
      <dl className="app-values">
        <dt>Client ID</dt>
        <dd>
          <code>{app.client_id}</code>
        </dd>
        <dt>Scopes</dt>
        <dd>{app.scopes.join(", ")}</dd>
        {app.kind !== "account" && <RedirectURIs list={app.redirect_uris} />}
      </dl>
    </section>
  );
}

function RedirectURIs({ list }: { list: string[] }) {
  return (
    <>
      <dt>Redirect URIs</dt>
      {list.length === 0 && <dd>None: it signs people in on devices only.</dd>}
      {list.map((uri) => (
        <dd key={uri}>
          <code>{uri}</code>
        </dd>
      ))}
    </>
  );
}
