// SPDX-License-Identifier: Apache-2.0

import { Button, Dialog, useSay } from "@convoke/ui";
import { useState } from "react";
import { api } from "../api";
import { useAct } from "../useAct";

interface RemoveDomainProps {
  domain: string;
  onRemoved: (name: string) => void;
}

/** Takes a domain from the account, after a question. */
export function RemoveDomain({ domain, onRemoved }: RemoveDomainProps) {
  const [asking, setAsking] = useState(false);
  const [busy, run] = useAct();
  const say = useSay();
  const remove = () =>
    run(async () => {
      await api.removeDomain(domain);
      say(`${domain} was removed.`);
      onRemoved(domain);
    });
  return (
    <>
      <Button
        size="sm"
        aria-label={`Remove ${domain}`}
        onClick={() => setAsking(true)}
        data-testid="domain-remove"
      >
        Remove
      </Button>
      {asking && (
        <Dialog
          title={`Remove ${domain}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button
                variant="danger"
                busy={busy}
                onClick={remove}
                data-testid="domain-remove-confirm"
              >
                Remove
              </Button>
            </>
          }
        >
          <p>Its users stay. Added again, the domain needs another proof.</p>
        </Dialog>
      )}
    </>
  );
}
