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

const shop = {
  client_id: "c1",
  name: "Shop",
  events: ["user.created", "user.deleted", "binding.created"],
};

function open(webhooks: Webhook[], answers: Record<string, Answer> = {}) {
  const calls = serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/webhooks": {
      status: 200,
      body: { webhooks, apps: [shop] },
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
  fireEvent.click(screen.getByTestId("webhook-save"));
  const card = await screen.findByTestId("webhook");
  expect(card.textContent).toContain(failure);
  expect(card.textContent).toContain("Shop");
  expect(calls.at(-1)?.body).toEqual({
    client_id: "c1",
    url: "https://shop.example.com/hook",
    events: [],
  });
});

test("what is wrong with an address stands at its field", async () => {
  const refusal = problem(400, "invalid_field", "The url must begin with https://.");
  open([], {
    "POST /portal/api/webhooks": {
      ...refusal,
      body: { ...(refusal.body as object), field: "url" },
    },
  });
  fireEvent.change(await screen.findByTestId("webhook-url"), {
    target: { value: "http://shop.example.com" },
  });
  fireEvent.click(screen.getByTestId("webhook-save"));
  expect(await screen.findByText("The url must begin with https://.")).toBeTruthy();
  expect(screen.getByTestId("webhook-url").getAttribute("aria-invalid")).toBe("true");
});

test("events are chosen by name and by group, and none is not all", async () => {
  const calls = open([], {
    "POST /portal/api/webhooks": { status: 201, body: webhook() },
  });
  fireEvent.change(await screen.findByTestId("webhook-url"), {
    target: { value: "https://shop.example.com/hook" },
  });
  fireEvent.click(screen.getByTestId("events-some"));
  fireEvent.click(screen.getByTestId("webhook-save"));
  expect(await screen.findByText("Choose at least one event, or all events.")).toBeTruthy();
  expect(calls.some((call) => call.route === "POST /portal/api/webhooks")).toBe(false);

  fireEvent.click(screen.getByLabelText("binding.created"));
  fireEvent.change(screen.getByTestId("events-search"), { target: { value: "USER." } });
  expect(screen.queryByLabelText("binding.created")).toBeNull();
  fireEvent.click(screen.getByLabelText("Users"));
  fireEvent.click(screen.getByLabelText("user.deleted"));
  fireEvent.click(screen.getByTestId("webhook-save"));
  await screen.findByTestId("webhook");
  expect(calls.at(-1)?.body).toEqual({
    client_id: "c1",
    url: "https://shop.example.com/hook",
    events: ["binding.created", "user.created"],
  });
});

test("a webhook's address and events are changed", async () => {
  const calls = open([webhook({ events: ["user.created"] })], {
    "PUT /portal/api/webhooks/w1": {
      status: 200,
      body: webhook({ url: "https://shop.example.com/new", events: [] }),
    },
  });
  fireEvent.click(await screen.findByTestId("webhook-edit"));
  const card = within(screen.getByTestId("webhook"));
  expect((card.getByLabelText("user.created") as HTMLInputElement).checked).toBe(true);
  fireEvent.change(card.getByTestId("webhook-url"), {
    target: { value: "https://shop.example.com/new" },
  });
  fireEvent.click(card.getByTestId("events-all"));
  fireEvent.click(card.getByTestId("webhook-save"));
  await card.findByText("https://shop.example.com/new");
  expect(calls.at(-1)?.body).toEqual({ url: "https://shop.example.com/new", events: [] });
  expect(card.queryByTestId("webhook-save")).toBeNull();
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
  const summary = await screen.findByTestId("webhook-deliveries");
  const part = summary.parentElement as HTMLDetailsElement;
  part.open = true;
  fireEvent(part, new Event("toggle"));
  const row = await screen.findByTestId("delivery");
  expect(row.textContent).toContain("The receiver answered 500.");
  fireEvent.click(within(row).getByTestId("replay"));
  await waitFor(() =>
    expect(calls.find((call) => call.body !== undefined)?.body).toEqual({ event_id: 17 }),
  );
});
