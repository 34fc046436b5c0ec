// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Field, Page, type Problem, problemOf } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { useSearch } from "wouter";
import { api } from "../api";
import { keepRequest } from "../connect/pending";
import { useSession } from "../session";
import { useTitle } from "../useTitle";
import "./signin.css";

/**
 * E-mail and password, for people whose account has a password. An app that sent
 * them may say who it takes them for, and that they should prove anew who they are.
 */
export function SignIn() {
  useTitle("Sign in");
  const [problem, setProblem] = useState<Problem>();
  return (
    <Page>
      <div className="signin">
        <div>
          <h1>Sign in</h1>
          <p className="signin__intro">To start and plan your meetings.</p>
        </div>
        <SignInForm problem={problem} onProblem={setProblem} />
        {/* A refusal that leads to the organisation already holds the way. */}
        {!problem?.link && <Organisation />}
        <p className="signin__note">
          Does your app start your meetings for you? Then you need no sign-in here: open them from
          that app.
        </p>
      </div>
    </Page>
  );
}

/** The way to a single sign-on, where people prove anew who they are if an app wants that. */
function wayTo(link: string, asked: URLSearchParams): string {
  return asked.has("login_after") ? `${link}?fresh=true` : link;
}

const remembered = "convoke.organisation";

/** The way in through an identity provider, for people who know their organisation's name here. */
function Organisation() {
  const asked = new URLSearchParams(useSearch());
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("organisation")).trim().toLowerCase();
    window.localStorage.setItem(remembered, name);
    keepRequest();
    window.location.assign(wayTo(`/sso/${encodeURIComponent(name)}`, asked));
  }
  return (
    <details className="signin__organisation">
      <summary data-testid="signin-organisation">Sign in through your organisation</summary>
      <form className="signin__form" onSubmit={submit}>
        <Field
          label="Your organisation’s name here"
          name="organisation"
          defaultValue={window.localStorage.getItem(remembered) ?? ""}
          autoCapitalize="none"
          autoComplete="organization"
          spellCheck={false}
          required
          hint="The end of its sign-in address: acme of /sso/acme. Ask the people who run it if you do not know."
          data-testid="signin-organisation-name"
        />
        <Button type="submit" wide data-testid="signin-organisation-submit">
          Go on
        </Button>
      </form>
    </details>
  );
}

interface SignInFormProps {
  problem: Problem | undefined;
  onProblem: (problem: Problem) => void;
}

function SignInForm({ problem, onProblem }: SignInFormProps) {
  const { enter } = useSession();
  const [busy, setBusy] = useState(false);
  const asked = new URLSearchParams(useSearch());

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      enter(await api.signIn(String(form.get("email")).trim(), String(form.get("password"))));
    } catch (error) {
      onProblem(problemOf(error));
      setBusy(false);
    }
  }

  return (
    <form className="signin__form" onSubmit={submit}>
      {problem && <Banner tone="danger">{problem.detail}</Banner>}
      {problem?.link && (
        <a
          className="cv-button cv-button--secondary cv-button--md cv-button--wide"
          href={wayTo(problem.link, asked)}
          onClick={keepRequest}
          data-testid="signin-sso"
        >
          Sign in through your organisation
        </a>
      )}
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={asked.get("login_hint") ?? undefined}
        data-testid="signin-email"
        required
        autoFocus
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        data-testid="signin-password"
        required
      />
      <Button type="submit" variant="primary" wide busy={busy} data-testid="signin-submit">
        Sign in
      </Button>
    </form>
  );
}
