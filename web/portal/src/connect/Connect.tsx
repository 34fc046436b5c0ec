// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, ErrorPage, Loading, Page } from "@convoke/ui";
import { useCallback, useEffect, useRef } from "react";
import { type Asked, api } from "../api";
import { useAct } from "../useAct";
import { useLoad } from "../useLoad";
import { useTitle } from "../useTitle";
import "./connect.css";

/** Asks the person whether an app may act for them, and sends them back to it. */
export function Connect() {
  useTitle("Allow an app");
  const load = useCallback(() => api.asked(window.location.search), []);
  const { data: asked, problem } = useLoad(load);
  if (problem) return <ErrorPage problem={problem} />;
  if (!asked) return <Loading label="Looking up the app" />;
  return asked.remembered ? <GoOn /> : <Question asked={asked} />;
}

async function answer(allow: boolean) {
  const { redirect } = await api.answerConnect(window.location.search, allow);
  window.location.assign(redirect);
}

/** The person allowed all of it before, and is not asked again. */
function GoOn() {
  const [, run] = useAct();
  const sent = useRef(false);
  useEffect(() => {
    if (sent.current) return;
    sent.current = true;
    void run(() => answer(true));
  }, [run]);
  return <Loading label="Going on to the app" />;
}

function Question({ asked }: { asked: Asked }) {
  const [busy, run] = useAct();
  return (
    <Page>
      <div className="connect" data-testid="connect">
        <h1>Allow “{asked.app}” to act for you?</h1>
        <p>
          You are {asked.person}, in {asked.account}. The app would be able to:
        </p>
        <ul data-testid="connect-scopes">
          {asked.scopes.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        <Banner tone="info">You go on to {asked.site}. You can withdraw this at any time.</Banner>
        <div className="connect__choice">
          <Button
            variant="primary"
            busy={busy}
            data-testid="connect-allow"
            onClick={() => run(() => answer(true))}
          >
            Allow
          </Button>
          <Button
            busy={busy}
            data-testid="connect-decline"
            onClick={() => run(() => answer(false))}
          >
            Decline
          </Button>
        </div>
      </div>
    </Page>
  );
}
