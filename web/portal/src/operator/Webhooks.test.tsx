// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Webhook } from "../api";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { Webhooks } from "./Webhooks";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function webhook(more: Partial<Webhook> = {}): Webhook {
  return {
    id: "w1",
    client_id: "c1",
    url: "https://shop.example.com/hook",
    events: [],
    state: "active",
    validated_at: "2026-11-23T09:00:00Z",
    next_check_at: "2026-11-26T09:00:00Z",
    failing_since: null,
    failure: "",
    ...more,
  };
}

function open(webhooks: Webhook[], answers: Record<string, Answer> = {}) {
  const calls = serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/webhooks": {
      status: 200,
      body: { webhooks, apps: [{ client_id: "c1", name: "Shop" }] },
    },
    ...answers,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Webhooks />
      </SessionProvider>
    </ToastProvider>,
  );
  return calls;
}

test("a webhook is added, and says that its receiver did not answer", async () => {
  const failure = "The receiver did not answer within 3 seconds.";
  const calls = open([], {
    "POST /portal/api/webhooks": { status: 201, body: webhook({ state: "pending", failure }) },
  });
  expect(await screen.findByText("No webhooks yet")).toBeTruthy();
  fireEvent.change(screen.getByTestId("webhook-url"), {
    target: { value: "https://shop.example.com/hook" },
  });
  fireEvent.click(screen.getByTestId("webhook-add"));
  const card = await screen.findByTestId("webhook");
  expect(card.textContent).toContain(failure);
  expect(card.textContent).toContain("Shop");
  expect(calls.at(-1)?.body).toEqual({
    client_id: "c1",
    url: "https://shop.example.com/hook",
  });
});

test("what is wrong with an address stands at its field", async () => {
  open([], {
    "POST /portal/api/webhooks": problem(400, "invalid_field", "The url must begin with https://."),
  });
  fireEvent.change(await screen.findByTestId("webhook-url"), {
    target: { value: "http://shop.example.com" },
  });
  fireEvent.click(screen.getByTestId("webhook-add"));
  expect(await screen.findByText("The url must begin with https://.")).toBeTruthy();
});

test("dead letters are shown and replayed", async () => {
  const dead = {
    event_id: 17,
    event: "user.created",
    state: "dead",
    attempts: 12,
    since: "2026-11-20T09:00:00Z",
    next_at: null,
    error: "The receiver answered 500.",
  };
  const calls = open([webhook({ state: "failing", failure: "It is down." })], {
    "GET /portal/api/webhooks/w1/deliveries?next_page_token=": {
      status: 200,
      body: { deliveries: [dead], next_page_token: "" },
    },
    "POST /portal/api/webhooks/w1/replay": { status: 200, body: { replayed: 1 } },
  });
  const part = (await screen.findByTestId("webhook-deliveries")) as HTMLDetailsElement;
  part.open = true;
  fireEvent(part, new Event("toggle"));
  const row = await screen.findByTestId("delivery");
  expect(row.textContent).toContain("The receiver answered 500.");
  fireEvent.click(within(row).getByTestId("replay"));
  await waitFor(() =>
    expect(calls.find((call) => call.body !== undefined)?.body).toEqual({ event_id: 17 }),
  );
});
