// SPDX-License-Identifier: Apache-2.0

import { Button, Field, type Problem, problemOf, useSay } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { api, type Domain } from "../api";
import { useSession } from "../session";

/** Gives the account a domain that waits for its proof. */
export function AddDomain({ onAdded }: { onAdded: (domain: Domain) => void }) {
  const { busy, problem, submit } = useAdd(onAdded);
  return (
    <form className="card add-domain" onSubmit={submit} aria-label="Add a domain">
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

function useAdd(onAdded: (domain: Domain) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();
  const say = useSay();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    try {
      const domain = await api.addDomain(String(new FormData(form).get("domain")));
      setProblem(undefined);
      form.reset();
      say(`${domain.domain} is in the list. Put up one of its proofs.`);
      onAdded(domain);
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, submit };
}
