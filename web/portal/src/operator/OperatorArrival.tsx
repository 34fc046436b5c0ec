// SPDX-License-Identifier: Apache-2.0

import { Button, ErrorPage, Loading, type Problem, problemOf } from "@convoke/ui";
import { useEffect, useState } from "react";
import { Redirect, useLocation } from "wouter";
import { api, type Session } from "../api";
import { useSession } from "../session";
import { useTitle } from "../useTitle";

/**
 * The code of the address is good for one exchange, and React may run an effect
 * twice; the promise is kept outside so that the code is spent once a page load.
 */
let exchange: Promise<Session> | undefined;

/** Takes the code out of the address before anything else can see it there. */
function takeCode(): string {
  const code = window.location.hash.slice(1);
  window.history.replaceState(null, "", window.location.pathname);
  return code;
}

/** Where `convoke operator link` leads: exchanges the code for a session. */
export function OperatorArrival() {
  useTitle("Operator sign-in");
  const { state, enter } = useSession();
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState<Problem>();

  useEffect(() => {
    let current = true;
    exchange ??= api.exchangeOperatorCode(takeCode());
    exchange.then(
      (session) => {
        if (!current) return;
        enter(session);
        navigate("/portal/overview", { replace: true });
      },
      (error) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [enter, navigate]);

  if (!problem) return <Loading label="Signing you in" />;
  if (state.at === "in" && state.session.kind === "operator")
    return <Redirect to="/portal/overview" replace />;
  return (
    <ErrorPage
      problem={problem}
      action={<Button onClick={() => navigate("/portal")}>Go to the portal</Button>}
    />
  );
}
