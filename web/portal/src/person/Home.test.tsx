// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Meeting, SessionUser } from "../api";
import { SessionProvider } from "../session";
import { problem, serve } from "../testing/serve";
import { Home } from "./Home";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const user = { id: "u1", email: "j@example.org", display_name: "Jonas" } as SessionUser;

function meeting(id: string, more: Partial<Meeting> = {}): Meeting {
  return {
    id,
    topic: `Topic ${id}`,
    type: 2,
    start_time: "2026-12-01T10:00:00Z",
    duration: 30,
    status: "waiting",
    join_url: `https://meet.example/j/${id}`,
    ...more,
  };
}

test("the owner is told that the sign-in went past the identity provider", async () => {
  serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    "GET /portal/api/meetings?type=live": { status: 200, body: { meetings: [] } },
    "GET /portal/api/meetings?next_page_token=": { status: 200, body: { meetings: [] } },
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Home user={user} brokeGlass />
      </SessionProvider>
    </ToastProvider>,
  );
  expect((await screen.findByTestId("broken-glass")).textContent).toContain("audit log");
});

test("a running instant meeting is there with a way back, and the rest comes by the page", async () => {
  const weekly = meeting("3", { status: "started" });
  const now = meeting("7", { type: 1, start_time: null, status: "started" });
  const page = (meetings: Meeting[], next: string) => ({
    status: 200,
    body: { meetings, next_page_token: next },
  });
  serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    "GET /portal/api/meetings?type=live": page([weekly, now], ""),
    "GET /portal/api/meetings?next_page_token=": page([meeting("2"), weekly], "t2"),
    "GET /portal/api/meetings?next_page_token=t2": page([meeting("9")], ""),
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Home user={user} />
      </SessionProvider>
    </ToastProvider>,
  );
  fireEvent.click(await screen.findByTestId("meetings-more"));
  await screen.findByText("Topic 9");
  const rows = screen.getAllByTestId("meeting-row");
  expect(rows.map((row) => row.dataset["id"])).toEqual(["3", "7", "2", "9"]);
  expect(rows[1]?.textContent).toContain("In progress");
  expect(rows[1]?.textContent).toContain("Return");
  expect(screen.queryByTestId("meetings-more")).toBeNull();
});
