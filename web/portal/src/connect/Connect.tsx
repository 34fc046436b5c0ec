// SPDX-License-Identifier: Apache-2.0

import { ErrorPage, Loading } from "@convoke/ui";
import { useCallback, useEffect, useRef } from "react";
import { api } from "../api";
import { useAct } from "../useAct";
import { useLoad } from "../useLoad";
import { useTitle } from "../useTitle";
import { Question } from "./Question";

/** Asks the person whether an app may act for them, and sends them back to it. */
export function Connect() {
  useTitle("Allow an app");
  const load = useCallback(() => api.asked(window.location.search), []);
  const { data: asked, problem } = useLoad(load);
  if (problem) return <ErrorPage problem={problem} />;
  if (!asked) return <Loading label="Looking up the app" />;
  if (asked.remembered) return <GoOn />;
  return (
    <Question asked={asked} onAnswer={answer}>
      You go on to {asked.site}. You can withdraw this at any time.
    </Question>
  );
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
