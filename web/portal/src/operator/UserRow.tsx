// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Cell, formatMoment, useSay } from "@convoke/ui";
import { api, type User } from "../api";
import { useAct } from "../useAct";
import { inWords, typeName } from "./names";

interface UserRowProps {
  user: User;
  /** The user has another status now and belongs in another list. */
  onMoved: () => void;
}

/** One user and what the operator can do for them. */
export function UserRow({ user, onMoved }: UserRowProps) {
  return (
    <tr data-testid="user-row" data-id={user.id} data-status={user.status}>
      <Cell>
        <div className="user__name">
          <strong>{user.display_name || user.email}</strong>
          <span>{user.email}</span>
          {user.status_reason && <Badge tone="warn">{inWords(user.status_reason)}</Badge>}
        </div>
      </Cell>
      <Cell head="Made by">
        <code>{user.action}</code>
      </Cell>
      <Cell head="Type">{typeName(user.type)}</Cell>
      <Cell head="Created">{formatMoment(user.created_at)}</Cell>
      <Cell head="Last sign-in">
        {user.last_login_at ? formatMoment(user.last_login_at) : "Never"}
      </Cell>
      <Cell>
        <UserActions user={user} onMoved={onMoved} />
      </Cell>
    </tr>
  );
}

function UserActions({ user, onMoved }: UserRowProps) {
  const [busy, run] = useAct();
  const say = useSay();

  const resend = () =>
    run(async () => {
      await api.resendInvitation(user.id);
      say(`A new invitation is on its way to ${user.email}. The old link no longer works.`);
    });
  const change = (action: "activate" | "deactivate") =>
    run(async () => {
      await api.setStatus(user.id, action);
      say(`${user.display_name || user.email} is ${action}d.`);
      onMoved();
    });

  if (user.status === "pending") {
    return (
      <Button size="sm" busy={busy} onClick={resend} data-testid="resend">
        Resend invitation
      </Button>
    );
  }
  const action = user.status === "active" ? "deactivate" : "activate";
  return (
    <Button size="sm" busy={busy} onClick={() => change(action)} data-testid={action}>
      {action === "activate" ? "Activate" : "Deactivate"}
    </Button>
  );
}
