// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { DomainState } from "../api";
import { SessionProvider } from "../session";
import { serve } from "../testing/serve";
import { SingleSignOn } from "./SingleSignOn";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const warning = "No e-mail domain of this account is verified";

async function open(states: DomainState[]) {
  serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/sso": { status: 200, body: { sso: null, future: {} } },
    "GET /portal/api/domains": {
      status: 200,
      body: { domains: states.map((state) => ({ domain: `${state}.example`, state })) },
    },
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <SingleSignOn />
      </SessionProvider>
    </ToastProvider>,
  );
  await screen.findByTestId("sso-set");
}

test.each<[string, DomainState[]]>([
  ["there is none", []],
  ["none is verified", ["unverified", "lapsed"]],
])("people are said to need a confirmation while %s", async (_, states) => {
  await open(states);
  expect(await screen.findByText(warning)).toBeTruthy();
  expect(screen.getByTestId("sso-domains").getAttribute("href")).toBe("/portal/domains");
});

test.each<DomainState>(["verified", "lapsing"])("a %s domain needs no word", async (state) => {
  await open(["unverified", state]);
  await expect(screen.findByText(warning, {}, { timeout: 200 })).rejects.toThrow();
});
