// SPDX-License-Identifier: Apache-2.0

import { Button, useSay } from "@convoke/ui";
import { api, type User } from "../api";
import { useAct } from "../useAct";
import { AskButton } from "./AskButton";
import { isInvited } from "./names";

interface InvitationActionsProps {
  user: User;
  onChanged: (user: User) => void;
}

/** Sends a pending user another link, or makes the one that was sent worthless. */
export function InvitationActions({ user, onChanged }: InvitationActionsProps) {
  const [busy, run] = useAct();
  const say = useSay();
  const resend = () =>
    run(async () => {
      onChanged(await api.resendInvitation(user.id));
      say(`A new invitation is on its way to ${user.email}. Older links no longer work.`);
    });
  const revoke = async () => {
    onChanged(await api.revokeInvitation(user.id));
    say(`The invitation of ${user.email} is revoked.`);
  };
  const open = isInvited(user);
  return (
    <div className="user__actions">
      <Button
        size="sm"
        busy={busy}
        onClick={resend}
        aria-label={`${open ? "Resend the invitation of" : "Invite again"} ${user.email}`}
        data-testid="resend"
      >
        {open ? "Resend" : "Invite again"}
      </Button>
      {open && (
        <AskButton
          label="Revoke"
          about={`the invitation of ${user.email}`}
          question="Revoke this invitation?"
          keep="Keep it"
          act={revoke}
          testId="revoke"
        >
          The link that {user.email} was sent stops working. The user stays pending and can be
          invited again.
        </AskButton>
      )}
    </div>
  );
}
