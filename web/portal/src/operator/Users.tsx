// SPDX-License-Identifier: Apache-2.0

import { EmptyState, Table } from "@convoke/ui";
import { Users as UsersIcon } from "lucide-react";
import { useCallback } from "react";
import { Link, useSearchParams } from "wouter";
import { api, type Status, statuses } from "../api";
import { PagedList } from "../shell/PagedList";
import { PageHead } from "../shell/PageHead";
import { usePages } from "../usePages";
import { statusNames } from "./names";
import { UserRow } from "./UserRow";
import "./users.css";

/** The account's users, one status at a time. */
export function Users() {
  const [search] = useSearchParams();
  const status = statuses.find((one) => one === search.get("status")) ?? "active";
  return (
    <>
      <PageHead title="Users">
        Everybody who has a conferencing user in this account, however it was made.
      </PageHead>
      <nav className="tabs" aria-label="Status">
        {statuses.map((one) => (
          <Link
            key={one}
            href={`/portal/users?status=${one}`}
            aria-current={one === status ? "page" : undefined}
            data-testid={`users-${one}`}
          >
            {statusNames[one]}
          </Link>
        ))}
      </nav>
      <UserList key={status} status={status} />
    </>
  );
}

const heads = ["Name", "Made by", "Type", "Created", "Last sign-in", ""];

const empty: Record<Status, string> = {
  active: "Users appear here as soon as an app, an import or a sign-in makes them.",
  pending: "Nobody has an invitation to answer.",
  inactive: "Nobody has been deactivated. Who is keeps their data and can be activated again.",
};

function UserList({ status }: { status: Status }) {
  const load = useCallback(
    async (token: string) => {
      const page = await api.users(status, token);
      return { items: page.users, next: page.next_page_token };
    },
    [status],
  );
  const list = usePages(load);
  return (
    <div className="card card--list">
      <PagedList
        list={list}
        loading="Loading users"
        empty={
          <EmptyState
            icon={<UsersIcon size={22} aria-hidden="true" />}
            title={`No ${status} users`}
          >
            {empty[status]}
          </EmptyState>
        }
      >
        {(users) => (
          <Table caption={`${statusNames[status]} users`} heads={heads}>
            {users.map((user) => (
              <UserRow
                key={user.id}
                user={user}
                onChanged={(changed) => list.put(changed, (one) => one.id === user.id)}
                onMoved={() => list.drop((one) => one.id === user.id)}
              />
            ))}
          </Table>
        )}
      </PagedList>
    </div>
  );
}
