// SPDX-License-Identifier: Apache-2.0

import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { SessionProvider } from "../session";
import { problem, serve } from "../testing/serve";
import { Apps } from "./Apps";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const shop = {
  client_id: "c1",
  name: "Shop",
  kind: "account",
  scopes: ["user:read:admin"],
  redirect_uris: [],
  created_at: "2026-05-01T10:00:00Z",
  revoked: true,
};
const lantern = {
  ...shop,
  client_id: "c2",
  name: "Lantern",
  kind: "public",
  revoked: false,
  redirect_uris: ["https://lantern.example/back", "http://localhost:8000/"],
};

function open(apps: unknown[]) {
  serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    "GET /portal/api/apps": { status: 200, body: { apps } },
  });
  render(
    <SessionProvider>
      <Apps />
    </SessionProvider>,
  );
}

test("each app is shown with whom it acts for and where its people go", async () => {
  open([shop, lantern]);
  const [first, second] = (await screen.findAllByTestId("app")).map((card) => card.textContent);
  expect(first).toContain("Revoked");
  expect(first).toContain("Acts in the whole account");
  expect(first).not.toContain("Redirect URIs");
  expect(second).toContain("it has no secret");
  expect(second).toContain("https://lantern.example/backhttp://localhost:8000/");
  expect(second).not.toContain("Revoked");
});

test("without apps it says how one is made", async () => {
  open([]);
  expect(await screen.findByText("No apps yet")).toBeTruthy();
});
