// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { zoomCall } from "./api";
import { enterOn, tabTo } from "./keyboard";
import { look } from "./look";
import { byId, newPerson } from "./people";
import { newWorld } from "./world";

vi.setConfig({ testTimeout: 120_000 }); // a test looks at several pages, each in four ways

const world = newWorld();
const back = "https://lantern.example/back";
const password = "Lantern-4-evening";

/** What `convoke app create --json` prints. */
interface App {
  client_id: string;
  client_secret: string;
}

function createApp(name: string, kind: "user" | "public", ...more: string[]): App {
  const args = ["app", "create", "--json", "--name", name, "--kind", kind, ...more];
  return JSON.parse(world.demo.command(...args)) as App;
}

/** Makes a person who signs in with a password. */
async function newUser(email: string): Promise<void> {
  const domain = email.slice(email.indexOf("@") + 1);
  world.demo.command("account", "set", "--auto-create=true");
  world.demo.command("domain", "add", domain, "--trust");
  const made = await zoomCall(world.demo, "POST", "/users", {
    action: "autoCreate",
    user_info: { email, password, type: 1, first_name: "Ada", last_name: "Berg" },
  });
  expect(made.status).toBe(201);
}

async function signIn(page: Page, email: string): Promise<void> {
  await byId(page, "signin-email").fill(email);
  await byId(page, "signin-password").fill(password);
  await byId(page, "signin-submit").click();
}

/** A page whose way back to the app ends on this machine. */
async function newPage(): Promise<Page> {
  const page = await (await newPerson(world.browser)).newPage();
  await page.route(`${back}*`, (route) => route.fulfill({ body: "Back at Lantern" }));
  return page;
}

/** Sends the person to the page that asks, as the app would. */
async function ask(page: Page, app: App, uri = back): Promise<void> {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: app.client_id,
    redirect_uri: uri,
    state: "as sent",
  });
  await page.goto(`${world.demo.info.server_url}/oauth/authorize?${query}`);
}

/** Waits until the person is back at the app, and reads what they bring. */
async function brought(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(`${back}*`);
  const query = new URL(page.url()).searchParams;
  expect(query.get("state")).toBe("as sent");
  return query;
}

function tokenFor(form: Record<string, string>, secret?: App): Promise<Response> {
  const pair = secret && Buffer.from(`${secret.client_id}:${secret.client_secret}`);
  return fetch(`${world.demo.info.server_url}/oauth/token`, {
    method: "POST",
    ...(pair && { headers: { authorization: `Basic ${pair.toString("base64")}` } }),
    body: new URLSearchParams(form),
  });
}

async function me(token: string): Promise<Response> {
  return fetch(`${world.demo.info.server_url}/v2/users/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

test("a person is asked once whether an app may act for them, and may withdraw", async () => {
  const email = "ada@one.example";
  await newUser(email);
  const app = createApp("Evening lessons", "user", "--redirect-uri", back);
  const page = await newPage();

  await ask(page, app, `${back}/elsewhere`);
  await byId(page, "error-page").waitFor();
  await look(page, "connect-refused");

  await ask(page, app);
  await signIn(page, email);
  await byId(page, "connect").waitFor();
  const question = await byId(page, "connect").innerText();
  for (const words of ["Evening lessons", email, "lantern.example"]) {
    expect(question).toContain(words);
  }
  await look(page, "connect");
  await enterOn(page, "connect-decline");
  expect((await brought(page)).get("error")).toBe("access_denied");

  await ask(page, app);
  await byId(page, "connect").waitFor();
  await enterOn(page, "connect-allow");
  const code = (await brought(page)).get("code") ?? "";
  const granted = await tokenFor(
    { grant_type: "authorization_code", code, redirect_uri: back },
    app,
  );
  const { access_token: token } = (await granted.json()) as { access_token: string };
  expect(((await (await me(token)).json()) as { email: string }).email).toBe(email);

  await ask(page, app); // who allowed it all is not asked again
  expect((await brought(page)).get("code")).toBeTruthy();

  await page.goto(`${world.demo.info.server_url}/portal/home`);
  await byId(page, "connection").waitFor();
  await look(page, "home-connected");
  await enterOn(page, "connection-withdraw");
  await byId(page, "connections").waitFor({ state: "detached" });
  await expect.poll(async () => (await me(token)).status).toBe(401);
});

test("a device that shows a code acts for the person who types it", async () => {
  const email = "ada@two.example";
  await newUser(email);
  const { client_id } = createApp("Lantern TV", "public");
  const begun = await fetch(`${world.demo.info.server_url}/oauth/devicecode`, {
    method: "POST",
    body: new URLSearchParams({ client_id }),
  });
  const device = (await begun.json()) as {
    device_code: string;
    user_code: string;
    verification_uri: string;
  };
  const page = await newPage();
  await page.goto(device.verification_uri);
  await signIn(page, email);
  await byId(page, "device-code").waitFor();
  await look(page, "device");
  await byId(page, "device-code").fill("BCDF-GHJK");
  await byId(page, "device-find").click();
  await page.getByRole("alert").waitFor();
  await look(page, "device-unknown");

  await byId(page, "device-code").fill(device.user_code.toLowerCase().replace("-", " "));
  await page.keyboard.press("Enter");
  await byId(page, "connect").waitFor();
  await look(page, "device-question");
  await tabTo(page, "connect-allow");
  await page.keyboard.press("Enter");
  await byId(page, "device-done").waitFor();
  await look(page, "device-done");

  const granted = await tokenFor({
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: device.device_code,
    client_id,
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  expect(((await (await me(token)).json()) as { email: string }).email).toBe(email);
});
