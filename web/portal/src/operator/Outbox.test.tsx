// SPDX-License-Identifier: Apache-2.0

import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { SessionProvider } from "../session";
import { problem, serve } from "../testing/serve";
import { Outbox } from "./Outbox";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(delivery: "outbox" | "smtp") {
  serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    "GET /portal/api/mails?next_page_token=": {
      status: 200,
      body: { mails: [], next_page_token: "", delivery },
    },
  });
  render(
    <SessionProvider>
      <Outbox />
    </SessionProvider>,
  );
}

test("with a mail server it promises no copies", async () => {
  open("smtp");
  expect(await screen.findByText("No mails are kept here")).toBeTruthy();
  expect(screen.getByText(/no copy of them is kept/)).toBeTruthy();
  expect(screen.queryByText(/appears here/)).toBeNull();
});

test("without one it says that mails stay here", async () => {
  open("outbox");
  expect(await screen.findByText("No mails yet")).toBeTruthy();
  expect(screen.getByText(/mails stay here/)).toBeTruthy();
});
