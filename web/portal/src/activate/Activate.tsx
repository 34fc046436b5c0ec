// SPDX-License-Identifier: Apache-2.0

import { Button, ErrorPage, Loading, Page, type Problem, problemOf } from "@convoke/ui";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { type Activation, api, type Session } from "../api";
import { useSession } from "../session";
import { useTitle } from "../useTitle";
import { ConfirmForm } from "./ConfirmForm";
import { PasswordForm } from "./PasswordForm";
import "./activate.css";

/** What the link of an invitation opens: choose a password, or confirm, and be active. */
export function Activate({ code }: { code: string }) {
  useTitle("Activate your account");
  const { activation, problem, setProblem } = useActivation(code);
  const { enter } = useSession();
  const [, navigate] = useLocation();
  const [done, setDone] = useState(false);

  if (problem) return <Refused problem={problem} onSignIn={() => navigate("/portal")} />;
  if (!activation) return <Loading label="Opening your invitation" />;
  if (done) return <Confirmed account={activation.account_name} />;

  function finish(session: Session | undefined) {
    if (!session) return setDone(true);
    enter(session);
    navigate("/portal/home");
  }
  const form = { code, activation, onDone: finish, onRefused: setProblem };
  return (
    <Page>
      <div className="activate">
        <div>
          <h1>Welcome{activation.display_name ? `, ${activation.display_name}` : ""}</h1>
          <p className="activate__intro">
            {activation.account_name} has made an account for <strong>{activation.email}</strong>.
          </p>
        </div>
        {activation.needs_password === false ? (
          <ConfirmForm {...form} />
        ) : (
          <PasswordForm {...form} />
        )}
      </div>
    </Page>
  );
}

function useActivation(code: string) {
  const [activation, setActivation] = useState<Activation>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let current = true;
    api.activation(code).then(
      (answer) => current && setActivation(answer),
      (error) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [code]);
  return { activation, problem, setProblem };
}

function Refused({ problem, onSignIn }: { problem: Problem; onSignIn: () => void }) {
  const used = problem.code === "invitation_used";
  return (
    <ErrorPage problem={problem} action={used && <Button onClick={onSignIn}>Sign in</Button>} />
  );
}

function Confirmed({ account }: { account: string }) {
  return (
    <Page data-testid="activated">
      <div className="activate">
        <h1>Your account is active</h1>
        <p className="activate__intro">
          Sign in the way {account} always signs you in. If that is through another app, you can
          close this window.
        </p>
        <a
          className="cv-button cv-button--primary cv-button--md cv-button--wide"
          href="/portal"
          data-testid="activated-signin"
        >
          Go to the sign-in page
        </a>
      </div>
    </Page>
  );
}
