// SPDX-License-Identifier: Apache-2.0

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { zoomCall } from "./api";
import { client, OpenIDProvider } from "./op";
import { byId, launch, newPerson } from "./people";
import { Demo } from "./server";

let demo: Demo;
let provider: OpenIDProvider;
let browser: Browser;
let base: string;
let operator: Page;

beforeAll(async () => {
  process.env.CONVOKE_SSO_ALLOW_PRIVATE = "true"; // the provider is on this machine
  demo = await Demo.start();
  const server = demo.info.server_url;
  base = `${server}/sso/acme`;
  provider = await OpenIDProvider.start(base, `${server}/portal`);
  browser = await launch();
  operator = await (await newPerson(browser)).newPage();
  demo.command("domain", "add", "people.example", "--trust");
});

afterAll(async () => {
  await browser?.close();
  provider?.stop();
  await demo?.stop();
});

test("the operator connects an OpenID provider, and tries it", async () => {
  const page = operator;
  await page.goto(demo.info.operator_url);
  await byId(page, "nav-sso").click();
  await byId(page, "sso-vanity").fill("acme");
  await byId(page, "sso-way").selectOption("oidc");
  await byId(page, "sso-field-issuer").fill(`${provider.issuer}/nowhere`);
  await byId(page, "sso-field-client-id").fill(client.id);
  await byId(page, "sso-field-client-secret").fill(client.secret);
  await byId(page, "sso-set").click();
  await page.getByText("No OpenID provider answers").waitFor();

  await byId(page, "sso-field-issuer").fill(provider.issuer);
  await byId(page, "sso-set").click();
  await byId(page, "sso").waitFor();
  expect(await byId(page, "sso-entity-id").innerText()).toBe(provider.issuer);
  expect(await byId(page, "sso-value-redirect_uri").innerText()).toBe(`${base}/callback`);

  await byId(page, "sso-test-sign-in").click();
  await provider.signIn(page, "ann");
  await byId(page, "sso-test").waitFor();
  expect(await byId(page, "sso-test").getAttribute("data-code")).toBe("would_enter");
  expect(await byId(page, "sso-test-attributes").innerText()).toContain("staff · lab");
  expect(await byId(page, "sso-test-mapped").innerText()).toContain("ann@people.example");
  expect(await (await zoomCall(demo, "GET", "/users")).text()).not.toContain("ann@people");
});

test("a person signs in from here, becomes a user, and signs out of both", async () => {
  const page = await (await newPerson(browser)).newPage();
  await page.goto(`${base}?return=/portal/home`);
  await provider.signIn(page, "ann");
  await page.waitForURL(`${demo.info.server_url}/portal/home`);
  await page.getByText("Ann").first().waitFor();

  await byId(page, "signout").click();
  await page.locator('button[name="logout"]').click(); // the provider asks first
  await page.waitForURL(`${demo.info.server_url}/portal`);
  await byId(page, "signin-email").waitFor();
  await page.goto(base); // the provider's session is over as well
  await page.locator('input[name="login"]').waitFor();
});

test("the provider signs the person out here", async () => {
  const page = await (await newPerson(browser)).newPage();
  await page.goto(base);
  await provider.signIn(page, "ann");
  await page.waitForURL(`${demo.info.server_url}/portal/**`);
  await page.goto(`${provider.issuer}/session/end`);
  await page.locator('button[name="logout"]').click();
  await page.waitForURL(`${provider.issuer}/session/end/success**`);
  await page.goto(`${demo.info.server_url}/portal/home`);
  await byId(page, "signin-email").waitFor();
});

test("with pre-provisioning only who was made before comes in", async () => {
  demo.command("account", "set", "--provisioning", "prior_to_sign_in");
  const page = await (await newPerson(browser)).newPage();
  await page.goto(base);
  await provider.signIn(page, "bob");
  await byId(page, "error-page").waitFor();
  expect(await byId(page, "error-page").getAttribute("data-code")).toBe("not_provisioned");

  const made = await zoomCall(demo, "POST", "/users", {
    action: "ssoCreate",
    user_info: { email: "bob@people.example", first_name: "Bob", type: 1 },
  });
  expect(made.status).toBe(201);
  await page.goto(base);
  await page.waitForURL(`${demo.info.server_url}/portal/**`);
  await page.getByText("Bob").first().waitFor();
});
