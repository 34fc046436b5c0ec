// SPDX-License-Identifier: Apache-2.0

import { Button, Field, problemOf } from "@convoke/ui";
import { type FormEvent, useId, useState } from "react";
import { api } from "../api";
import type { ActivationFormProps } from "./form";
import { RuleList } from "./RuleList";

/** Chooses the password. The rules are ticked off on the way; the server has the last word. */
export function PasswordForm({ code, activation, onDone, onRefused }: ActivationFormProps) {
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const rules = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      onDone(await api.activate(code, password));
    } catch (error) {
      const problem = problemOf(error);
      if (isAboutTheLink(problem.status)) return onRefused(problem);
      setFault(problem.detail);
      setBusy(false);
    }
  }

  return (
    <form className="activate__form" onSubmit={submit} noValidate>
      <input type="hidden" name="username" autoComplete="username" value={activation.email} />
      <Field
        label="Choose a password"
        type={shown ? "text" : "password"}
        autoComplete="new-password"
        data-testid="activate-password"
        aria-details={rules}
        value={password}
        error={fault}
        autoFocus
        onChange={(event) => {
          setPassword(event.target.value);
          setFault(undefined);
        }}
      />
      <label className="activate__show">
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => setShown(event.target.checked)}
        />
        Show the password
      </label>
      <RuleList id={rules} rules={activation.password_rules} password={password} />
      <Button type="submit" variant="primary" wide busy={busy} data-testid="activate-submit">
        Activate my account
      </Button>
    </form>
  );
}

/** The invitation was used, replaced or ran out while the page was open. */
function isAboutTheLink(status: number): boolean {
  return status === 404 || status === 410;
}
