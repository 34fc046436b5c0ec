// SPDX-License-Identifier: Apache-2.0

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { SessionProvider } from "../session";
import { problem, serve } from "../testing/serve";
import { Activate } from "./Activate";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const invitation = {
  email: "amelie@example.org",
  display_name: "Amelie",
  account_name: "Northwind",
  password_rules: [
    { code: "password_length", text: "8 to 32 characters" },
    { code: "password_digit", text: "at least one digit" },
  ],
};

function open(answers: Parameters<typeof serve>[0]) {
  const calls = serve({ "GET /portal/api/session": problem(401, "token_missing"), ...answers });
  render(
    <SessionProvider>
      <Activate code="c1" />
    </SessionProvider>,
  );
  return calls;
}

test("ticks the rules off while the person types", async () => {
  open({ "GET /portal/api/activation/c1": { status: 200, body: invitation } });
  const input = await screen.findByTestId("activate-password");
  const kept = () =>
    [...document.querySelectorAll("[data-kept=true]")].map((rule) =>
      rule.getAttribute("data-code"),
    );
  expect(kept()).toEqual([]);
  fireEvent.change(input, { target: { value: "abc1" } });
  expect(kept()).toEqual(["password_digit"]);
  fireEvent.change(input, { target: { value: "abcdefg1" } });
  expect(kept()).toEqual(["password_length", "password_digit"]);
});

test("a rule that only the server can check is a hint without a tick", async () => {
  const rules = [
    ...invitation.password_rules,
    { code: "password_guessable", text: "no word that is easily guessed" },
  ];
  open({
    "GET /portal/api/activation/c1": {
      status: 200,
      body: { ...invitation, password_rules: rules },
    },
  });
  fireEvent.change(await screen.findByTestId("activate-password"), {
    target: { value: "Harbour2Light" },
  });
  const hint = document.querySelector("[data-code=password_guessable]");
  expect(hint?.hasAttribute("data-kept")).toBe(false);
  expect(hint?.textContent).toBe("no word that is easily guessed");
});

test.each([
  [404, "invitation_not_found"],
  [410, "invitation_used"],
  [410, "invitation_revoked"],
  [410, "invitation_expired"],
])("a link refused with %i %s is an error page", async (status, code) => {
  open({ "GET /portal/api/activation/c1": problem(status, code) });
  expect((await screen.findByTestId("error-page")).getAttribute("data-code")).toBe(code);
});

test("shows what the server has against the password, beside the field", async () => {
  open({
    "GET /portal/api/activation/c1": { status: 200, body: invitation },
    "POST /portal/api/activation/c1": problem(400, "password_case", "Mix the cases."),
  });
  fireEvent.click(await screen.findByTestId("activate-submit"));
  expect(await screen.findByText("Mix the cases.")).toBeTruthy();
  expect(screen.getByTestId("activate-password").getAttribute("aria-invalid")).toBe("true");
});

test("a person without a password here only confirms", async () => {
  open({
    "GET /portal/api/activation/c1": {
      status: 200,
      body: { ...invitation, needs_password: false, password_rules: [] },
    },
    "POST /portal/api/activation/c1": { status: 204 },
  });
  fireEvent.click(await screen.findByTestId("activate-submit"));
  expect(await screen.findByTestId("activated")).toBeTruthy();
  expect(screen.getByTestId("activated-signin").getAttribute("href")).toBe("/portal");
  expect(screen.queryByTestId("activate-password")).toBeNull();
});
