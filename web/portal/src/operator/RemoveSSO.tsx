// SPDX-License-Identifier: Apache-2.0

import { Button, Dialog, useSay } from "@convoke/ui";
import { useState } from "react";
import { ssoApi } from "../sso";
import { useAct } from "../useAct";

/** Takes single sign-on from the account, after a question. */
export function RemoveSSO({ onRemoved }: { onRemoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const [busy, run] = useAct();
  const say = useSay();
  const remove = () =>
    run(async () => {
      await ssoApi.remove();
      say("Single sign-on was removed.");
      onRemoved();
    });
  return (
    <>
      <Button onClick={() => setAsking(true)} data-testid="sso-remove">
        Remove
      </Button>
      {asking && (
        <Dialog
          title="Remove single sign-on?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button
                variant="danger"
                busy={busy}
                onClick={remove}
                data-testid="sso-remove-confirm"
              >
                Remove
              </Button>
            </>
          }
        >
          <p>
            Its users stay, and cannot sign in until it is set up again. Convoke’s own values are
            other ones then.
          </p>
        </Dialog>
      )}
    </>
  );
}
