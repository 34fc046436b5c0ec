// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { AuditEntry, AuditReport } from "../api";
import { SessionProvider } from "../session";
import { type Answer, serve } from "../testing/serve";
import { Audit } from "./Audit";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const renamed: AuditEntry = {
  id: 41,
  action: "user.updated",
  at: "2026-11-23T09:00:00Z",
  actor: { kind: "app", id: "c1", name: "Shop", address: "192.0.2.7" },
  payload: {
    object: { id: "u1", first_name: "Noora" },
    old_object: { id: "u1", first_name: "Noor" },
  },
};

const page = (entries: AuditEntry[], next = ""): Answer => ({
  status: 200,
  body: { entries, next_page_token: next },
});
const list = (query: string) => `GET /portal/api/audit?${query}`;
const everything = list("person=&action=&next_page_token=");

function open(answers: Record<string, Answer>) {
  window.history.replaceState(null, "", "/portal/audit");
  const calls = serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/audit/actions": {
      status: 200,
      body: { actions: ["user.created", "user.updated"] },
    },
    ...answers,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Audit />
      </SessionProvider>
    </ToastProvider>,
  );
  return calls;
}

test("an entry says who did what to whom, before and after, and from where", async () => {
  open({ [everything]: page([renamed]) });
  const entry = await screen.findByTestId("audit-entry");
  expect(entry.textContent).toContain("Shop changed the user u1");
  expect(within(entry).getByTestId("audit-changes").textContent).toBe(
    "first namebefore: Noor→, after: Noora",
  );
  expect(entry.textContent).toContain("client id c1 · from 192.0.2.7");
});

test("the filter goes into the address and is asked for", async () => {
  open({
    [everything]: page([renamed]),
    [list("person=u1&action=user.&next_page_token=")]: page([]),
  });
  await screen.findByText("All of user.*");
  fireEvent.change(screen.getByTestId("audit-person"), { target: { value: " u1 " } });
  fireEvent.change(screen.getByTestId("audit-action"), { target: { value: "user." } });
  fireEvent.click(screen.getByTestId("audit-show"));
  expect(await screen.findByText("Nothing found")).toBeTruthy();
  expect(window.location.search).toBe("?person=u1&action=user.");
  fireEvent.click(screen.getByText("Show all"));
  expect(await screen.findByTestId("audit-entry")).toBeTruthy();
});

test("a page without a hit is passed over, and the list goes on below", async () => {
  open({
    [everything]: page([], "90"),
    [list("person=&action=&next_page_token=90")]: page([renamed], "41"),
    [list("person=&action=&next_page_token=41")]: page([{ ...renamed, id: 7 }]),
  });
  await screen.findByTestId("audit-entry");
  fireEvent.click(screen.getByTestId("audit-more"));
  expect(await screen.findByText(/entry 7/)).toBeTruthy();
  expect(screen.queryByTestId("audit-more")).toBeNull();
});

const report: AuditReport = {
  entries: 1200,
  expired: 200,
  unsealed: 3,
  faults: [],
  fault_count: 0,
  head: "12:9f86",
};

test.each([
  ["true", report, "1,000 entries"],
  [
    "false",
    { ...report, faults: [{ fault: "entry_changed", entry: 41, seal: 2 }], fault_count: 1 },
    "Entry 41 was changed.",
  ],
] as const)("whether the chain is whole is said: %s", async (intact, body, text) => {
  open({
    [everything]: page([renamed]),
    "POST /portal/api/audit/verify": { status: 200, body },
  });
  fireEvent.click(await screen.findByTestId("audit-verify"));
  const outcome = await screen.findByTestId("audit-outcome");
  expect(outcome.dataset["intact"]).toBe(intact);
  expect(outcome.textContent).toContain(text);
});
