// SPDX-License-Identifier: Apache-2.0

import { Select, useSay } from "@convoke/ui";
import { useId } from "react";
import { type Provisioning, type SingleSignOnForm, type SingleSignOnView, ssoApi } from "../sso";
import { useAct } from "../useAct";
import { Relogin } from "./Relogin";

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

/** Who gets in, and how strict the account is. */
export function SSOSwitches({ sso, onChanged }: SSOSwitchesProps) {
  const [busy, run] = useAct();
  const say = useSay();
  const set = (form: SingleSignOnForm) =>
    run(async () => {
      onChanged((await ssoApi.set(form)).sso);
      say("Saved.");
    });
  return (
    <section className="card sso__switches" aria-labelledby="sso-switches">
      <h2 id="sso-switches">Who gets in</h2>
      <Select
        label="Who signs in for the first time"
        value={sso.provisioning}
        disabled={busy}
        onChange={(event) => set({ provisioning: event.currentTarget.value as Provisioning })}
        data-testid="sso-provisioning"
        hint={hints[sso.provisioning]}
      >
        <option value="at_sign_in">becomes a user at once</option>
        <option value="prior_to_sign_in">must have been made a user before</option>
      </Select>
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
      <Relogin sso={sso} onChanged={onChanged} />
    </section>
  );
}

const hints: Record<Provisioning, string> = {
  at_sign_in: "The mapping says with which licence, and whom it keeps out.",
  prior_to_sign_in: "By an app with “ssoCreate”, by SCIM or by an import. All others are refused.",
};

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
