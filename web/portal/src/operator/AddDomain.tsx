// SPDX-License-Identifier: Apache-2.0

import { Button, Field, useSay } from "@convoke/ui";
import { api, type Domain } from "../api";
import { useSubmit } from "../useSubmit";

/** Gives the account a domain that waits for its proof. */
export function AddDomain({ onAdded }: { onAdded: (domain: Domain) => void }) {
  const say = useSay();
  const { busy, problem, submit } = useSubmit(async (values) => {
    const domain = await api.addDomain(String(values.get("domain")));
    say(`${domain.domain} is in the list. Put up one of its proofs.`);
    onAdded(domain);
  });
  return (
    <form className="card add-entry add-domain" onSubmit={submit} aria-label="Add a domain">
      <Field
        label="Domain"
        name="domain"
        placeholder="example.com"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={253}
        required
        data-testid="domain-name"
        hint="What stands after the @ of the addresses."
        error={problem?.detail}
      />
      <Button type="submit" variant="primary" busy={busy} data-testid="domain-add">
        Add domain
      </Button>
    </form>
  );
}
