// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { zoomCall } from "./api";
import { IdentityProvider } from "./idp";
import { tabTo } from "./keyboard";
import { look } from "./look";
import { byId, enter, newPerson } from "./people";
import { newWorld, openAsOperator } from "./world";

vi.setConfig({ testTimeout: 300_000 }); // a test looks at ten pages, each in four ways

const world = newWorld();
const portal = () => `${world.demo.info.server_url}/portal`;

async function newPage(): Promise<Page> {
  return (await newPerson(world.browser)).newPage();
}

async function invite(email: string): Promise<void> {
  const made = await zoomCall(world.demo, "POST", "/users", {
    action: "create",
    user_info: { email, type: 2, first_name: "Iris", last_name: "Berg" },
  });
  expect(made.status).toBe(201);
}

/** Answers a call of the page with what the server would say at another time. */
async function answer(page: Page, path: string, body: object): Promise<void> {
  await page.route(`**/portal/api/${path}`, (route) => route.fulfill({ json: body }));
}

test("sign-in, activation, a person's page and the error pages", async () => {
  await invite("iris@people.example.com");
  const operator = await openAsOperator(world);
  await byId(operator, "nav-outbox").click();
  await look(operator, "outbox");
  const row = byId(operator, "outbox-row").first();
  await expect
    .poll(async () => {
      await operator.reload();
      await byId(operator, "nav-outbox").waitFor();
      return row.isVisible();
    })
    .toBe(true);
  await row.click();
  const mail = await byId(operator, "outbox-text").innerText();
  await look(operator, "outbox-mail");

  const page = await newPage();
  await page.goto(portal());
  await byId(page, "signin-email").waitFor();
  await look(page, "signin");
  await byId(page, "signin-email").fill("iris@people.example.com");
  await byId(page, "signin-password").fill("wrong");
  await byId(page, "signin-submit").click();
  await page.getByRole("alert").waitFor();
  await look(page, "signin-refused");

  const link = /https?:\/\/\S+\/activate\/\S+/.exec(mail)?.[0] ?? "";
  await page.goto(link);
  await byId(page, "activate-password").fill("harbour2");
  await look(page, "activate");
  await byId(page, "activate-submit").click();
  await page.locator('[data-testid="activate-password"][aria-invalid="true"]').waitFor();
  await look(page, "activate-refused");
  await byId(page, "activate-password").fill("Harbour2Light");
  await byId(page, "activate-submit").click();
  await byId(page, "start-meeting").waitFor();
  await look(page, "home-empty");
  await byId(page, "schedule-topic").fill("Linear algebra for beginners, second part");
  await byId(page, "schedule-submit").click();
  await byId(page, "meeting-row").waitFor();
  await look(page, "home");
  await byId(page, "delete-meeting").click();
  await look(page, "home-delete");

  world.demo.command("user", "role", "iris@people.example.com", "admin");
  await page.reload();
  await byId(page, "nav-home").waitFor();
  await look(page, "home-admin");
  await byId(page, "nav-users").click();
  const own = byId(page, "user-row").filter({ hasText: "iris@people" });
  await own.getByText("Admin", { exact: true }).waitFor();
  await look(page, "users-admin");
  await byId(page, "nav-audit").click();
  await byId(page, "audit-export").waitFor();
  expect(await byId(page, "audit-verify").count()).toBe(0);
  world.demo.command("user", "role", "iris@people.example.com", "member");

  for (const [address, name] of [
    [link, "error-activation-used"],
    [`${world.demo.info.server_url}/nowhere`, "error-page"],
    [`${world.demo.info.server_url}/j/99999999999?pwd=x`, "error-meeting"],
    [`${portal()}/operator#spent`, "error-operator-link"],
  ] as const) {
    await page.goto("about:blank"); // or a new fragment alone would load nothing
    await page.goto(address);
    await byId(page, "error-page").waitFor();
    await look(page, name);
  }
});

test("the operator's overview and users", async () => {
  await invite("ines@people.example.com");
  const page = await openAsOperator(world);
  await byId(page, "capability").first().waitFor();
  await look(page, "overview");
  await byId(page, "nav-apps").click();
  await byId(page, "app").first().waitFor();
  await look(page, "apps");
  await byId(page, "nav-users").click();
  await page.getByText("No active users").or(byId(page, "user-row").first()).waitFor();
  await look(page, "users-active");
  await byId(page, "users-inactive").click();
  await page.getByText("No inactive users").waitFor();
  await look(page, "users-inactive");
  await byId(page, "users-pending").click();
  const row = byId(page, "user-row").filter({ hasText: "ines@" });
  await row.waitFor();
  await look(page, "users-pending");
  await row.getByTestId("revoke").click();
  await look(page, "users-revoke");
  await byId(page, "revoke-confirm").click();
  await row.getByText("invitation revoked").waitFor();
  await look(page, "users-revoked");
  await page.route("**/portal/api/users?*", (route) =>
    route.fulfill({
      status: 503,
      json: {
        status: 503,
        code: "unavailable",
        title: "Not now",
        detail: "Try again in a minute.",
      },
    }),
  );
  await byId(page, "users-active").click();
  await page.getByRole("alert").waitFor();
  await look(page, "users-failed");
});

test("domains, with what a look for their proofs found", async () => {
  const page = await openAsOperator(world);
  await byId(page, "nav-domains").click();
  await page.getByText("No domains yet").waitFor();
  await look(page, "domains-empty");
  await byId(page, "domain-name").fill("not a domain");
  await byId(page, "domain-add").click();
  await page.locator('[data-testid="domain-name"][aria-invalid="true"]').waitFor();
  await look(page, "domains-refused");
  await byId(page, "domain-name").fill("people.invalid");
  await byId(page, "domain-add").click();
  await byId(page, "domain-verify").click();
  await byId(page, "finding").first().waitFor({ timeout: 60_000 });
  await look(page, "domains");
  await byId(page, "domain-remove").click();
  await look(page, "domains-remove");
});

test("imports, before, during and after", async () => {
  const page = await openAsOperator(world);
  await byId(page, "nav-imports").click();
  await page.getByText("No imports in the last 30 days").waitFor();
  await look(page, "imports-empty");
  const begun = page.waitForResponse((r) => r.url().includes("/imports?") && r.status() === 202);
  await page.route(/\/imports\/[^/]+$/, async (route) => {
    const job = await (await route.fetch()).json();
    await route.fulfill({
      json: {
        ...job,
        state: "running",
        rows_total: 28_000,
        rows_done: 700,
        rows_per_second: 350,
        seconds_left: 78,
      },
    });
  });
  await byId(page, "import-input").setInputFiles({
    name: "people.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(
      ["external_id,email,Room", "1,ana@people.example.com,12", "2,not an address,12"].join("\n"),
    ),
  });
  await begun;
  await page.getByText("rows a second").waitFor();
  await look(page, "imports-progress");
  await page.unrouteAll();
  await page.locator('[data-testid="import-run"][data-state="done"]').waitFor();
  await byId(page, "import-problem").first().waitFor();
  await look(page, "imports-preview");
  await byId(page, "import-start").click();
  await page
    .locator('[data-testid="import-run"][data-state="done"][data-dry-run="false"]')
    .waitFor();
  await byId(page, "import-row").nth(1).waitFor();
  await look(page, "imports-done");
});

test("webhooks, with what was not delivered and the attempts", async () => {
  const page = await openAsOperator(world);
  await byId(page, "nav-webhooks").click();
  await page.getByText("No webhooks yet").waitFor();
  await look(page, "webhooks-empty");
  await byId(page, "events-some").check();
  await byId(page, "webhook-url").fill("https://localhost:1/hook");
  await byId(page, "webhook-save").click();
  await page.getByText("Choose at least one event").waitFor();
  await look(page, "webhooks-events");
  for (const name of ["Bindings", "user.created", "user.deleted"]) {
    await page.getByLabel(name, { exact: true }).check();
  }
  await byId(page, "webhook-save").click();
  const card = byId(page, "webhook");
  await card.waitFor();
  const at = "2026-11-20T09:00:00Z";
  await answer(page, "webhooks/*/deliveries?*", {
    deliveries: [
      {
        event_id: 17,
        event: "user.created",
        state: "dead",
        attempts: 12,
        since: at,
        next_at: null,
        error: "The receiver answered 500.",
      },
      {
        event_id: 18,
        event: "user.deleted",
        state: "waiting",
        attempts: 0,
        since: at,
        next_at: null,
        error: "",
      },
      {
        event_id: 19,
        event: "binding.created",
        state: "retrying",
        attempts: 2,
        since: at,
        next_at: at,
        error: "The receiver did not answer within 3 seconds.",
      },
    ],
    next_page_token: "19",
  });
  await answer(page, "webhooks/*/attempts", {
    attempts: [
      {
        event_id: 17,
        event: "user.created",
        at,
        duration_ms: 3,
        status: 500,
        answer: '{"error":"out of order"}',
        error: "",
      },
      {
        event_id: 18,
        event: "user.deleted",
        at,
        duration_ms: 3000,
        status: 0,
        answer: "",
        error: "The receiver did not answer within 3 seconds.",
      },
    ],
  });
  for (const part of ["webhook-events", "webhook-deliveries", "webhook-attempts"]) {
    await byId(page, part).click();
  }
  await byId(page, "delivery").first().waitFor();
  await byId(page, "attempt").first().waitFor();
  await look(page, "webhooks");
  await byId(page, "webhook-edit").click();
  await look(page, "webhooks-change");
});

test("the audit log, whole and spoiled", async () => {
  await zoomCall(world.demo, "POST", "/users", {
    action: "custCreate",
    user_info: { email: "noor@people.example.com", type: 2, first_name: "Noor" },
  });
  await zoomCall(world.demo, "PATCH", "/users/noor@people.example.com", {
    first_name: "Noora",
    dept: "Research",
  });
  const page = await openAsOperator(world);
  await byId(page, "nav-audit").click();
  await byId(page, "audit-changes").first().waitFor();
  await byId(page, "audit-entry").locator("summary").first().click();
  await byId(page, "audit-verify").click();
  await page.locator('[data-testid="audit-outcome"][data-intact="true"]').waitFor();
  await look(page, "audit");
  await answer(page, "audit/verify", {
    entries: 1200,
    expired: 0,
    unsealed: 0,
    faults: [
      { fault: "entry_changed", entry: 41, seal: 2 },
      { fault: "seal_missing", seal: 3 },
    ],
    fault_count: 2,
    head: "",
  });
  await byId(page, "audit-verify").click();
  await page.locator('[data-testid="audit-outcome"][data-intact="false"]').waitFor();
  await byId(page, "audit-person").fill("nobody@people.example.com");
  await byId(page, "audit-show").click();
  await page.getByText("Nothing found").waitFor();
  await look(page, "audit-spoiled");
});

test("the room, before, during and after", async () => {
  const email = "nora@people.example.com";
  await zoomCall(world.demo, "POST", "/users", {
    action: "custCreate",
    user_info: { email, type: 2, first_name: "Nora" },
  });
  const made = await zoomCall(world.demo, "POST", `/users/${email}/meetings`, {
    topic: "Algebra",
    type: 2,
    settings: { waiting_room: true },
  });
  const meeting = (await made.json()) as { start_url: string; join_url: string };
  const [host, guest] = [await newPage(), await newPage()];
  await guest.goto(meeting.join_url.replace(/\?.*/, ""));
  await byId(guest, "passcode-input").waitFor();
  await look(guest, "room-passcode");
  await guest.goto(meeting.join_url);
  await byId(guest, "prejoin-name").fill("Gil");
  await look(guest, "room-prejoin");
  await byId(guest, "prejoin-join").click();
  await byId(guest, "waiting").waitFor();
  await look(guest, "room-waiting");
  await host.goto(meeting.start_url);
  await byId(host, "prejoin-join").waitFor();
  await look(host, "room-prejoin-host");
  await enter(host);
  await look(host, "room-alone");
  if ((await byId(host, "admit").count()) === 0) await byId(host, "participants-toggle").click();
  await byId(host, "admit").waitFor();
  await look(host, "room-people");
  await byId(host, "admit").click();
  await byId(guest, "room").waitFor();
  await byId(host, "participant-tile").nth(1).waitFor();
  await byId(host, "chat-toggle").click();
  await byId(host, "chat-input").fill("Good morning");
  await byId(host, "chat-input").press("Enter");
  await byId(host, "chat-message").waitFor();
  await look(host, "room-chat");
  await byId(host, "end-for-all").click();
  await look(host, "room-end");
  await byId(host, "end-confirm").click();
  await byId(guest, "ended").waitFor();
  await look(guest, "room-ended");
});

test("single sign-on: set-up, test sign-in, mapping and refusals", async () => {
  const idp = await IdentityProvider.start();
  try {
    const base = `${world.demo.info.server_url}/sso/look`;
    const page = await openAsOperator(world);
    await byId(page, "nav-sso").click();
    await byId(page, "sso-vanity").fill("look");
    await look(page, "sso-empty");
    const file = { name: "idp.xml", mimeType: "text/xml", buffer: Buffer.from("<html></html>") };
    await byId(page, "sso-file").setInputFiles(file);
    await byId(page, "sso-set").click();
    await page.getByText("The metadata must describe one identity provider").waitFor();
    await look(page, "sso-refused");
    await byId(page, "sso-file").setInputFiles({ ...file, buffer: Buffer.from(idp.metadata) });
    await byId(page, "sso-set").click();
    await byId(page, "sso").waitFor();
    await look(page, "sso");
    idp.register("look", await (await fetch(`${base}/metadata`)).text());
    await page.reload();
    await byId(page, "sso").waitFor();
    await tabTo(page, "sso-test-sign-in");
    await page.keyboard.press("Enter");
    await idp.signIn(page, "ann");
    await byId(page, "sso-test").waitFor();
    await look(page, "sso-test");

    await page.goto(`${portal()}/mapping`);
    await byId(page, "row-add").click();
    await byId(page, "rule-add").click();
    await byId(page, "rule-add").waitFor();
    await look(page, "mapping-rules");
    await page.reload();
    await byId(page, "row-add").waitFor();
    await byId(page, "preview-subject").fill("ada");
    await byId(page, "preview-attributes").fill("email = ada@people.invalid");
    await byId(page, "preview-show").click();
    await byId(page, "preview").waitFor();
    await look(page, "mapping");
    await page.reload();
    await byId(page, "row-add").waitFor();
    await tabTo(page, "mapping-save");

    await page.goto(`${world.demo.info.server_url}/sso/nobody`);
    await byId(page, "error-page").waitFor();
    await look(page, "sso-error-unknown");
    await page.goto("about:blank");
    await page.setContent(
      `<form method="post" action="${base}/acs"><input name="SAMLResponse" value="AAAA"><button>Go</button></form>`,
    );
    await page.getByText("Go").click();
    await byId(page, "error-page").waitFor();
    await look(page, "sso-error-refused");
    await tabTo(page, "sso-again");
  } finally {
    idp.stop();
  }
});
