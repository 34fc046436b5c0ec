// SPDX-License-Identifier: Apache-2.0

import { Button, ErrorPage, Loading } from "@convoke/ui";
import { type ReactNode, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { Activate } from "./activate/Activate";
import type { Session } from "./api";
import { Connect } from "./connect/Connect";
import { Device } from "./connect/Device";
import { takeRequest } from "./connect/pending";
import { Audit } from "./operator/Audit";
import { Domains } from "./operator/Domains";
import { Imports } from "./operator/Imports";
import { Mapping } from "./operator/Mapping";
import { OperatorArrival } from "./operator/OperatorArrival";
import { Outbox } from "./operator/Outbox";
import { Overview } from "./operator/Overview";
import { SingleSignOn } from "./operator/SingleSignOn";
import { Users } from "./operator/Users";
import { Webhooks } from "./operator/Webhooks";
import { Home } from "./person/Home";
import { useSession } from "./session";
import { Shell } from "./shell/Shell";
import { SignIn } from "./signin/SignIn";

/**
 * Every address of the portal. Two can be opened by anybody; the rest show the
 * sign-in page in place until somebody is signed in, so that the address survives.
 * No address is deeper than /portal/{page}: the server serves the page for those.
 */
export function App() {
  return (
    <Switch>
      <Route path="/activate/:code">{({ code }) => <Activate code={code} />}</Route>
      <Route path="/portal/operator" component={OperatorArrival} />
      <Route path="/portal/connect">
        <SignedIn>{() => <Connect />}</SignedIn>
      </Route>
      <Route path="/portal/device">
        <SignedIn>{() => <Device />}</SignedIn>
      </Route>
      <Route>
        <SignedIn>{(session) => <Pages session={session} />}</SignedIn>
      </Route>
    </Switch>
  );
}

function SignedIn({ children }: { children: (session: Session) => ReactNode }) {
  const { state } = useSession();
  switch (state.at) {
    case "loading":
      return <Loading label="Opening the portal" />;
    case "failed":
      return (
        <ErrorPage
          problem={state.problem}
          action={<Button onClick={() => window.location.reload()}>Try again</Button>}
        />
      );
    case "out":
      return <SignIn />;
    case "in":
      return children(state.session);
  }
}

function Pages({ session }: { session: Session }) {
  return (
    <Shell session={session}>
      {session.kind === "operator" ? <OperatorPages /> : <PersonPages session={session} />}
    </Shell>
  );
}

/** The pages about the account, for those who look after it. */
const accountRoutes = [
  <Route key="overview" path="/portal/overview" component={Overview} />,
  <Route key="users" path="/portal/users" component={Users} />,
  <Route key="domains" path="/portal/domains" component={Domains} />,
  <Route key="sso" path="/portal/sso" component={SingleSignOn} />,
  <Route key="mapping" path="/portal/mapping" component={Mapping} />,
  <Route key="imports" path="/portal/imports" component={Imports} />,
  <Route key="webhooks" path="/portal/webhooks" component={Webhooks} />,
  <Route key="audit" path="/portal/audit" component={Audit} />,
];

function OperatorPages() {
  return (
    <Switch>
      {accountRoutes}
      <Route path="/portal/outbox" component={Outbox} />
      <Route>
        <Redirect to="/portal/overview" replace />
      </Route>
    </Switch>
  );
}

function PersonPages({ session }: { session: Session & { kind: "user" } }) {
  const [request] = useState(takeRequest);
  if (request) return <Redirect to={request} replace />;
  return (
    <Switch>
      <Route path="/portal/home">
        <Home user={session.user} brokeGlass={session.broke_glass} />
      </Route>
      {session.user.role !== "member" && accountRoutes}
      <Route>
        <Redirect to="/portal/home" replace />
      </Route>
    </Switch>
  );
}
