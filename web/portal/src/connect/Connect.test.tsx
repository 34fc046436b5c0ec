// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Connections } from "../person/Connections";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { Connect } from "./Connect";
import { keepRequest, takeRequest } from "./pending";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

const asked = {
  app: "Lantern",
  account: "Acme",
  person: "ada@example.org",
  site: "lantern.example",
  scopes: ["See your profile"],
  remembered: false,
};

test("the page names the app, the account and each scope, and a refusal is said", async () => {
  window.history.replaceState(null, "", "/portal/connect?client_id=c");
  serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    "GET /portal/api/connect?client_id=c": { status: 200, body: asked },
    "POST /portal/api/connect?client_id=c": problem(400, "invalid_client"),
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Connect />
      </SessionProvider>
    </ToastProvider>,
  );
  const page = await screen.findByTestId("connect");
  for (const word of ["Lantern", "Acme", "ada@example.org", "lantern.example"]) {
    expect(page.textContent).toContain(word);
  }
  expect(screen.getByTestId("connect-scopes").textContent).toBe("See your profile");
  fireEvent.click(screen.getByTestId("connect-allow"));
  expect(await screen.findByTestId("connect")).toBeDefined();
});

test("a request is kept through a sign-in elsewhere, once", () => {
  window.history.replaceState(null, "", "/portal/home");
  keepRequest();
  expect(takeRequest()).toBeUndefined();
  window.history.replaceState(null, "", "/portal/connect?client_id=c");
  keepRequest();
  expect(takeRequest()).toBe("/portal/connect?client_id=c");
  expect(takeRequest()).toBeUndefined();
});

test("a connected app is listed until the person withdraws", async () => {
  const connection = { client_id: "c", app: "Lantern", scopes: ["See your profile"], since: "" };
  const answers: Record<string, Answer> = {
    "GET /portal/api/session": problem(401, "token_missing"),
    "GET /portal/api/connections": { status: 200, body: { connections: [connection] } },
    "DELETE /portal/api/connections/c": { status: 204 },
  };
  serve(answers);
  render(
    <ToastProvider>
      <SessionProvider>
        <Connections />
      </SessionProvider>
    </ToastProvider>,
  );
  await screen.findByTestId("connection-withdraw");
  answers["GET /portal/api/connections"] = { status: 200, body: { connections: [] } };
  fireEvent.click(screen.getByTestId("connection-withdraw"));
  await screen.findByText("Lantern cannot act for you any more.");
  await waitFor(() => expect(screen.queryByTestId("connections")).toBeNull());
});
