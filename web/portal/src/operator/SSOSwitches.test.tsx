// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { SessionProvider } from "../session";
import type { SingleSignOnView } from "../sso";
import { type Answer, problem, serve } from "../testing/serve";
import { SSOSwitches } from "./SSOSwitches";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const sso = {
  provisioning: "at_sign_in",
  oidc: null,
  sign_requests: true,
  want_encrypted: false,
  idp_initiated: false,
  relogin_after_minutes: 0,
} as SingleSignOnView;

function Switches() {
  const [now, setNow] = useState(sso);
  return <SSOSwitches sso={now} onChanged={setNow} />;
}

function open(answer: Answer) {
  const calls = serve({
    "GET /portal/api/session": problem(401, "token_missing"),
    "PUT /portal/api/sso": answer,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Switches />
      </SessionProvider>
    </ToastProvider>,
  );
  const minutes = screen.getByTestId("sso-relogin") as HTMLInputElement;
  const sent = () => calls.filter(({ route }) => route.startsWith("PUT")).map((one) => one.body);
  return { minutes, sent };
}

const takes = (part: Partial<SingleSignOnView>): Answer => ({
  status: 200,
  body: { sso: { ...sso, ...part } },
});

test("a switch says that it is saved", async () => {
  const { sent } = open(takes({ idp_initiated: true }));
  fireEvent.click(screen.getByTestId("sso-idp-initiated"));
  expect(await screen.findByText("Saved.")).toBeTruthy();
  expect(sent()).toEqual([{ idp_initiated: true }]);
});

test("the minutes are saved on Enter, and not once more on leaving the field", async () => {
  const { minutes, sent } = open(takes({ relogin_after_minutes: 90 }));
  fireEvent.change(minutes, { target: { value: "90" } });
  fireEvent.submit(minutes);
  expect(await screen.findByText("Saved.")).toBeTruthy();
  fireEvent.blur(minutes);
  expect(sent()).toEqual([{ relogin_after_minutes: 90 }]);
});

test.each(["1.5", "", "-1", "129601"])("minutes of %j are refused at the field", async (value) => {
  const { minutes, sent } = open(takes({}));
  fireEvent.change(minutes, { target: { value: value || "x" } });
  fireEvent.blur(minutes);
  expect(await screen.findByText(/Give whole minutes/)).toBeTruthy();
  expect(minutes.getAttribute("aria-invalid")).toBe("true");
  expect(sent()).toEqual([]);
});

test("what the server has against the minutes stands at the field", async () => {
  const { minutes } = open(problem(409, "account_inactive", "The account is closed."));
  fireEvent.change(minutes, { target: { value: "5" } });
  fireEvent.blur(minutes);
  await waitFor(() => expect(minutes.getAttribute("aria-invalid")).toBe("true"));
  const note = minutes.getAttribute("aria-describedby") ?? "";
  expect(document.getElementById(note)?.textContent).toBe("The account is closed.");
});
