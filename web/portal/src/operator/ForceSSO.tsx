// SPDX-License-Identifier: Apache-2.0

import { Button, Field } from "@convoke/ui";
import { type FormEvent, useId } from "react";
import { api, type Domain } from "../api";
import { useAct } from "../useAct";

interface ForceSSOProps {
  domain: Domain;
  onChanged: (domain: Domain) => void;
}

/** Whether the domain's people may use a password, and who may all the same. */
export function ForceSSO({ domain, onChanged }: ForceSSOProps) {
  const [busy, run] = useAct();
  const id = useId();
  const set = (patch: Parameters<typeof api.setDomain>[1]) =>
    run(async () => onChanged(await api.setDomain(domain.domain, patch)));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("exceptions"));
    void set({ sso_exceptions: typed.split(/[\s,]+/).filter((email) => email !== "") });
  };
  return (
    <>
      <div className="domain__switch">
        <input
          id={id}
          type="checkbox"
          checked={domain.force_sso}
          disabled={busy}
          onChange={() => set({ force_sso: !domain.force_sso })}
          data-testid="domain-force-sso"
        />
        <label htmlFor={id}>
          Its people sign in through single sign-on only, not with a password
        </label>
      </div>
      {domain.force_sso && (
        <form className="domain__exceptions" onSubmit={submit}>
          <Field
            label="Except"
            name="exceptions"
            defaultValue={domain.sso_exceptions.join(", ")}
            placeholder={`root@${domain.domain}`}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            data-testid="domain-exceptions"
            hint="They, and the account’s owner, may use a password when single sign-on is broken; each time stands in the audit log."
          />
          <Button type="submit" busy={busy} data-testid="domain-exceptions-save">
            Save
          </Button>
        </form>
      )}
    </>
  );
}
