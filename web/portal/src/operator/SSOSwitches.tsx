// SPDX-License-Identifier: Apache-2.0

import { Field } from "@convoke/ui";
import { type FocusEvent, useId } from "react";
import { type SingleSignOnForm, type SingleSignOnView, ssoApi } from "../sso";
import { useAct } from "../useAct";

interface SSOSwitchesProps {
  sso: SingleSignOnView;
  onChanged: (sso: SingleSignOnView) => void;
}

type Switch = "sign_requests" | "want_encrypted" | "idp_initiated";

const switches: { key: Switch; label: string }[] = [
  { key: "sign_requests", label: "Sign the requests that Convoke sends" },
  { key: "want_encrypted", label: "Let in encrypted assertions only" },
  { key: "idp_initiated", label: "Let in sign-ins that begin at the identity provider" },
];

/** How strict the account is. */
export function SSOSwitches({ sso, onChanged }: SSOSwitchesProps) {
  const [busy, run] = useAct();
  const set = (form: SingleSignOnForm) => run(async () => onChanged((await ssoApi.set(form)).sso));
  const relogin = (event: FocusEvent<HTMLInputElement>) => {
    const minutes = Math.round(Number(event.currentTarget.value));
    if (minutes !== sso.relogin_after_minutes) set({ relogin_after_minutes: minutes });
  };
  return (
    <section className="card sso__switches" aria-labelledby="sso-switches">
      <h2 id="sso-switches">How strict to be</h2>
      {(sso.oidc ? [] : switches).map(({ key, label }) => (
        <Toggle
          key={key}
          label={label}
          testId={`sso-${key.replaceAll("_", "-")}`}
          checked={sso[key]}
          busy={busy}
          onToggle={() => set({ [key]: !sso[key] })}
        />
      ))}
      <Field
        label="Minutes until people must sign in again"
        type="number"
        min={0}
        max={129600}
        defaultValue={sso.relogin_after_minutes}
        onBlur={relogin}
        data-testid="sso-relogin"
        hint="0 sets no limit."
      />
    </section>
  );
}

interface ToggleProps {
  label: string;
  testId: string;
  checked: boolean;
  busy: boolean;
  onToggle: () => void;
}

function Toggle({ label, testId, checked, busy, onToggle }: ToggleProps) {
  const id = useId();
  return (
    <div className="sso__switch">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={busy}
        onChange={onToggle}
        data-testid={testId}
      />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}
