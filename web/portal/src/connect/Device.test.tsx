// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { Device } from "./Device";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

const asked = {
  app: "Lantern TV",
  account: "Acme",
  person: "ada@example.org",
  site: "",
  scopes: ["See your profile"],
  remembered: false,
};

function open(answers: Record<string, Answer>) {
  const calls = serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    ...answers,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Device />
      </SessionProvider>
    </ToastProvider>,
  );
  return calls;
}

test("the code of the address is asked about, and the answer goes to the device", async () => {
  window.history.replaceState(null, "", "/portal/device?user_code=BCDF-GHJK");
  const calls = open({
    "GET /portal/api/device?user_code=BCDF-GHJK": { status: 200, body: asked },
    "POST /portal/api/device?user_code=BCDF-GHJK": { status: 204 },
  });
  fireEvent.click(await screen.findByTestId("device-find"));
  const page = await screen.findByTestId("connect");
  expect(page.textContent).toContain("Lantern TV");
  expect(page.textContent).toContain("BCDF-GHJK");
  fireEvent.click(screen.getByTestId("connect-allow"));
  expect((await screen.findByTestId("device-done")).textContent).toContain("is connected");
  expect(calls.at(-1)?.body).toEqual({ allow: true });
});

test("a wrong code stays on the page with the reason", async () => {
  open({
    "GET /portal/api/device?user_code=wrong": problem(404, "user_code_unknown", "No device waits."),
  });
  fireEvent.change(await screen.findByTestId("device-code"), { target: { value: "wrong" } });
  fireEvent.click(screen.getByTestId("device-find"));
  expect((await screen.findByRole("alert")).textContent).toContain("No device waits.");
});
