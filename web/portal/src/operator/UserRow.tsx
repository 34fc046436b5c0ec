// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Cell, formatMoment, useSay } from "@convoke/ui";
import { api, type User } from "../api";
import { useAct } from "../useAct";
import { InvitationActions } from "./InvitationActions";
import { inWords, isInvited, roleNames, typeName } from "./names";

interface UserRowProps {
  user: User;
  onChanged: (user: User) => void;
  /** The user has another status now and belongs in another list. */
  onMoved: () => void;
}

/** One user and what the operator can do for them. */
export function UserRow({ user, onChanged, onMoved }: UserRowProps) {
  return (
    <tr data-testid="user-row" data-id={user.id} data-status={user.status}>
      <Cell>
        <div className="user__name">
          <strong>{user.display_name || user.email}</strong>
          <span>{user.email}</span>
          {user.role !== "member" && <Badge>{roleNames[user.role]}</Badge>}
          {user.status_reason && <Badge tone="warn">{inWords(user.status_reason)}</Badge>}
          {user.invited_until && isInvited(user) && (
            <span>Invited until {formatMoment(user.invited_until)}</span>
          )}
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
        {user.status === "pending" ? (
          <InvitationActions user={user} onChanged={onChanged} />
        ) : (
          <StatusAction user={user} onMoved={onMoved} />
        )}
      </Cell>
    </tr>
  );
}

function StatusAction({ user, onMoved }: Omit<UserRowProps, "onChanged">) {
  const [busy, run] = useAct();
  const say = useSay();
  const name = user.display_name || user.email;
  const action = user.status === "active" ? "deactivate" : "activate";
  const label = action === "activate" ? "Activate" : "Deactivate";
  const change = () =>
    run(async () => {
      await api.setStatus(user.id, action);
      say(`${name} is ${action}d.`);
      onMoved();
    });
  return (
    <Button
      size="sm"
      busy={busy}
      onClick={change}
      aria-label={`${label} ${name}`}
      data-testid={action}
    >
      {label}
    </Button>
  );
}
