// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { App } from "./App";
import { SessionProvider } from "./session";
import { type Answer, problem, serve } from "./testing/serve";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const account = { id: "a1", name: "Northwind" };
const person: Answer = {
  status: 200,
  body: {
    kind: "user",
    account,
    user: {
      id: "u1",
      email: "j@example.org",
      display_name: "Jonas",
      type: 1,
      status: "active",
      role: "member",
    },
  },
};
const admin: Answer = {
  status: 200,
  body: { ...(person.body as object), user: { id: "u1", display_name: "Jonas", role: "admin" } },
};

const noMeetings: Record<string, Answer> = {
  "GET /portal/api/meetings?type=live": { status: 200, body: { meetings: [] } },
  "GET /portal/api/meetings?next_page_token=": {
    status: 200,
    body: { meetings: [], next_page_token: "" },
  },
};

function open(address: string, answers: Record<string, Answer>) {
  window.history.replaceState(null, "", address);
  const calls = serve(answers);
  render(
    <StrictMode>
      <ToastProvider>
        <SessionProvider>
          <App />
        </SessionProvider>
      </ToastProvider>
    </StrictMode>,
  );
  return calls;
}

test("a wrong password is said, a right one leads to the meetings", async () => {
  const answers: Record<string, Answer> = {
    "GET /portal/api/session": problem(401, "token_missing"),
    "POST /portal/api/session": problem(401, "wrong_password", "That is not right."),
    ...noMeetings,
  };
  open("/portal", answers);
  fireEvent.change(await screen.findByTestId("signin-email"), {
    target: { value: "j@example.org" },
  });
  fireEvent.change(screen.getByTestId("signin-password"), { target: { value: "Secret12" } });
  fireEvent.click(screen.getByTestId("signin-submit"));
  expect(await screen.findByText("That is not right.")).toBeTruthy();

  answers["POST /portal/api/session"] = person;
  fireEvent.click(screen.getByTestId("signin-submit"));
  expect(await screen.findByTestId("start-meeting")).toBeTruthy();
  expect(window.location.pathname).toBe("/portal/home");
});

test("the operator's code is spent once and is out of the address before the answer", async () => {
  const calls = open("/portal/operator#one-time-code", {
    "GET /portal/api/session": problem(401, "token_missing"),
    "POST /portal/api/operator": { status: 200, body: { kind: "operator", account } },
    "GET /portal/api/overview": {
      status: 200,
      body: {
        account,
        capabilities: {
          actions: [
            {
              action: "custCreate",
              usable: false,
              missing: [
                { code: "api_partner_required", message: "Not a partner.", fix: "grant it" },
              ],
              login: "none",
              password: "none",
              mail: "none",
              status_at_once: "active",
            },
          ],
        },
        seats: {
          mode: "pool",
          licensed: { total: null, used: 2, free: null },
          basic: { total: 5, used: 3, free: 2 },
        },
        users: { active: 1, inactive: 0, pending: 0 },
      },
    },
  });
  expect(window.location.hash).toBe("");
  const card = await screen.findByTestId("capability");
  expect(card.dataset["usable"]).toBe("false");
  expect(card.textContent).toContain("grant it");
  expect(screen.getByText("Licensed seats leased by meetings")).toBeTruthy();
  expect(screen.getByText("of 5, 2 free")).toBeTruthy();
  const exchanges = calls.filter((call) => call.route === "POST /portal/api/operator");
  expect(exchanges).toEqual([
    { route: "POST /portal/api/operator", body: { code: "one-time-code" } },
  ]);
});

test("an admin has the account's pages and their own, and not the operator's", async () => {
  open("/portal/outbox", { "GET /portal/api/session": admin, ...noMeetings });
  expect(await screen.findByTestId("start-meeting")).toBeTruthy();
  expect(window.location.pathname).toBe("/portal/home");
  for (const page of ["nav-home", "nav-users", "nav-sso", "nav-imports", "nav-audit"])
    expect(screen.getByTestId(page)).toBeTruthy();
  expect(screen.queryByTestId("nav-outbox")).toBeNull();
});

test("a person has no operator pages", async () => {
  open("/portal/users", {
    "GET /portal/api/session": person,
    ...noMeetings,
  });
  expect(await screen.findByTestId("start-meeting")).toBeTruthy();
  expect(screen.queryByTestId("nav-users")).toBeNull();
  expect(window.location.pathname).toBe("/portal/home");
});

test("a session that ran out leads back to the sign-in page", async () => {
  open("/portal/home", {
    "GET /portal/api/session": person,
    ...noMeetings,
    "GET /portal/api/meetings?next_page_token=": problem(401, "token_expired"),
  });
  expect(await screen.findByTestId("signin-email")).toBeTruthy();
});

test("an app can have the person sign in again, and say who it takes them for", async () => {
  const address = "connect?client_id=c&login_after=9&login_hint=j%40example.org";
  const answers: Record<string, Answer> = {
    "GET /portal/api/session": person,
    [`GET /portal/api/${address}`]: problem(401, "login_required"),
    "POST /portal/api/session": {
      ...problem(403, "sso_required"),
      body: { status: 403, code: "sso_required", detail: "No.", link: "/sso/north" },
    },
  };
  open(`/portal/${address}`, answers);
  const email = (await screen.findByTestId("signin-email")) as HTMLInputElement;
  expect(email.value).toBe("j@example.org");
  fireEvent.change(screen.getByTestId("signin-password"), { target: { value: "Secret12" } });
  fireEvent.click(screen.getByTestId("signin-submit"));
  const link = await screen.findByTestId("signin-sso");
  expect(link.getAttribute("href")).toBe("/sso/north?fresh=true");
  expect(screen.getAllByText("Sign in through your organisation")).toEqual([link]);

  const asked = { app: "Lantern", account: "Northwind", person: "j@example.org", site: "s" };
  answers[`GET /portal/api/${address}`] = {
    status: 200,
    body: { ...asked, scopes: ["See your profile"], remembered: false },
  };
  answers["POST /portal/api/session"] = person;
  fireEvent.click(screen.getByTestId("signin-submit"));
  expect((await screen.findByTestId("connect")).textContent).toContain("Lantern");
});
