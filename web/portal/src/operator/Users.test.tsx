// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { User } from "../api";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { Users } from "./Users";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const invited: User = {
  id: "u1",
  email: "iris@example.com",
  display_name: "Iris Berg",
  action: "create",
  type: 1,
  role: "member",
  status: "pending",
  status_reason: "invitation_not_accepted",
  invited_until: "2026-12-23T09:00:00Z",
  created_at: "2026-11-23T09:00:00Z",
  last_login_at: null,
};
const revoked: User = { ...invited, status_reason: "invitation_revoked", invited_until: null };

function openPending(user: User, answers: Record<string, Answer>) {
  window.history.replaceState(null, "", "/portal/users?status=pending");
  const calls = serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/users?status=pending&next_page_token=": {
      status: 200,
      body: { users: [user], next_page_token: "" },
    },
    ...answers,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Users />
      </SessionProvider>
    </ToastProvider>,
  );
  return calls;
}

test("an invitation is revoked after a question, and the user can be invited again", async () => {
  const calls = openPending(invited, {
    "DELETE /portal/api/users/u1/invitation": { status: 200, body: revoked },
    "POST /portal/api/users/u1/invitation": { status: 200, body: invited },
  });
  fireEvent.click(await screen.findByTestId("revoke"));
  expect(calls.some((call) => call.route.startsWith("DELETE"))).toBe(false);
  fireEvent.click(screen.getByTestId("revoke-confirm"));
  const row = within(screen.getByTestId("user-row"));
  expect(await row.findByText("invitation revoked")).toBeTruthy();
  expect(screen.queryByTestId("revoke")).toBeNull();
  fireEvent.click(row.getByText("Invite again"));
  expect(await row.findByText(/^Invited until/)).toBeTruthy();
  expect(row.getByTestId("revoke")).toBeTruthy();
});

test("an expired invitation can be sent anew, and there is nothing to revoke", async () => {
  openPending({ ...invited, status_reason: "invitation_expired" }, {});
  expect(await screen.findByText("Invite again")).toBeTruthy();
  expect(screen.queryByTestId("revoke")).toBeNull();
  expect(screen.queryByText(/^Invited until/)).toBeNull();
});

test("the question can be answered with no", async () => {
  const calls = openPending(invited, {});
  fireEvent.click(await screen.findByTestId("revoke"));
  fireEvent.click(screen.getByText("Keep it"));
  expect(screen.queryByTestId("revoke-confirm")).toBeNull();
  expect(calls.some((call) => call.route.startsWith("DELETE"))).toBe(false);
});

test("what the server refuses is said, and the question stays", async () => {
  openPending(invited, {
    "DELETE /portal/api/users/u1/invitation": problem(
      409,
      "status_unchanged",
      "This user is not pending; there is no invitation to revoke.",
    ),
  });
  fireEvent.click(await screen.findByTestId("revoke"));
  fireEvent.click(screen.getByTestId("revoke-confirm"));
  expect(await screen.findByText(/This user is not pending/)).toBeTruthy();
  expect(screen.getByTestId("revoke-confirm")).toBeTruthy();
});
