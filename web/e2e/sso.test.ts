// SPDX-License-Identifier: Apache-2.0

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { zoomCall } from "./api";
import { IdentityProvider } from "./idp";
import { look } from "./look";
import { byId, enter, launch, newPerson } from "./people";
import { Demo } from "./server";

let demo: Demo;
let idp: IdentityProvider;
let browser: Browser;
let base: string;
let operator: Page;

beforeAll(async () => {
  process.env.CONVOKE_SSO_ALLOW_PRIVATE = "true"; // the provider is on this machine
  [demo, idp] = await Promise.all([Demo.start(), IdentityProvider.start()]);
  browser = await launch();
  operator = await (await newPerson(browser)).newPage();
  base = `${demo.info.server_url}/sso/acme`;
  demo.command("domain", "add", "people.example", "--trust");
});

afterAll(async () => {
  await browser?.close();
  idp?.stop();
  await demo?.stop();
});

test("the operator sets single sign-on up from the provider's metadata, and tries it", async () => {
  const page = operator;
  await page.goto(demo.info.operator_url);
  await byId(page, "nav-sso").click();
  await byId(page, "sso-vanity").fill("acme");
  await byId(page, "sso-future").click();
  expect(await byId(page, "sso-future-entity-id").innerText()).toBe(base);
  await look(page, "sso-future");
  const file = { name: "idp.xml", mimeType: "text/xml", buffer: Buffer.from("<html></html>") };
  await byId(page, "sso-file").setInputFiles(file);
  await byId(page, "sso-set").click();
  await page.getByText("The metadata must describe one identity provider").waitFor();

  await byId(page, "sso-file").setInputFiles({ ...file, buffer: Buffer.from(idp.metadata) });
  await byId(page, "sso-set").click();
  await byId(page, "sso").waitFor();
  expect(await byId(page, "sso-entity-id").innerText()).toBe(`${idp.url}/saml2/idp/metadata.php`);
  expect(await byId(page, "sso-value-acs_url").innerText()).toBe(`${base}/acs`);
  await register();

  await byId(page, "sso-test-sign-in").click();
  await idp.signIn(page, "ann");
  await byId(page, "sso-test").waitFor();
  expect(await byId(page, "sso-test").getAttribute("data-code")).toBe("would_enter");
  expect(await byId(page, "sso-test-attributes").innerText()).toContain("staff · lab");
  expect(await byId(page, "sso-test-mapped").innerText()).toContain("ann@people.example");
  expect(await (await zoomCall(demo, "GET", "/users")).text()).not.toContain("ann@people");
  await page.getByText("Back to the set-up").click();
  await byId(page, "sso").waitFor();
});

test("a test sign-in whose answer is refused says why, to whoever can mend it", async () => {
  const page = operator;
  const encrypted = page.getByLabel("Let in encrypted assertions only");
  await encrypted.click(); // it changes when the server has it
  await expect.poll(() => encrypted.isChecked()).toBe(true);
  await byId(page, "sso-test-sign-in").click();
  await byId(page, "sso-test").waitFor();
  expect(await byId(page, "sso-test-refused").innerText()).toContain("not_encrypted");
  await look(page, "sso-test-refused");
  await page.getByText("Back to the set-up").click();
  await byId(page, "sso").waitFor();
  await encrypted.click();
  await expect.poll(() => encrypted.isChecked()).toBe(false);
});

test("the operator sets it up again by values, then from the metadata's address", async () => {
  const page = operator;
  await byId(page, "sso-remove").click();
  await byId(page, "sso-remove-confirm").click();
  await byId(page, "sso-vanity").fill("acme");
  await byId(page, "sso-way").selectOption("fields");
  await byId(page, "sso-field-entity-id").fill(`${idp.url}/saml2/idp/metadata.php`);
  await byId(page, "sso-field-sign-in-url").fill(`${idp.url}/saml2/idp/SSOService.php`);
  await page.getByLabel("Binding").selectOption("HTTP-POST");
  const file = { name: "idp.pem", mimeType: "application/x-pem-file", buffer: Buffer.from("PEM") };
  await byId(page, "sso-field-certificates").setInputFiles(file);
  await byId(page, "sso-set").click();
  await page.getByText("A certificate of the identity provider cannot be read").waitFor();

  await byId(page, "sso-field-certificates").setInputFiles({ ...file, buffer: idp.certificate });
  await byId(page, "sso-set").click();
  await byId(page, "sso").waitFor();
  await page.getByText("SSOService.php (HTTP-POST)").waitFor();
  await page.getByText("None: people are signed out here only").waitFor();
  await register(); // its keys are new
  await signedIn("ann");

  await page.getByText("Change the identity provider").click();
  await byId(page, "sso-way").selectOption("url");
  await byId(page, "sso-url").fill("http://127.0.0.1:1/metadata");
  await byId(page, "sso-set").click();
  await page.getByText("The metadata could not be fetched").waitFor();
  await byId(page, "sso-url").fill(`${idp.url}/saml2/idp/metadata.php`);
  await byId(page, "sso-set").click();
  await page.getByText("metadata.php, fetched").waitFor();
  await page.getByText("SSOService.php (HTTP-Redirect)").waitFor();
  await page.getByText("SingleLogoutService.php").first().waitFor();
  await signedIn("ann");
});

test.each([
  ["in the clear", {}],
  ["encrypted", { "assertion.encryption": true }],
])("a person signs in from here, %s, and signs out of both", async (_, more) => {
  await register(more);
  const page = await (await newPerson(browser)).newPage();
  await page.goto(`${base}?return=/portal/home`);
  await idp.signIn(page, "ann");
  await page.waitForURL(`${demo.info.server_url}/portal/home`);
  await page.getByText("Ann").first().waitFor();

  await byId(page, "signout").click();
  await page.waitForURL(`${demo.info.server_url}/portal`);
  await byId(page, "signin-email").waitFor();
  await page.goto(base); // the provider's session is over as well
  await page.locator('input[name="password"]').waitFor();
});

test("a request that is posted goes on to the provider by itself", async () => {
  await register();
  demo.command("sso", "set", "--binding", "HTTP-POST");
  try {
    const page = await (await newPerson(browser)).newPage();
    const posted = page.waitForRequest((request) => request.method() === "POST");
    await page.goto(`${base}?return=/portal/home`);
    const request = await posted;
    expect(request.url().startsWith(idp.url)).toBe(true);
    expect(request.postData()).toContain("SAMLRequest=");
    await idp.signIn(page, "ann"); // nobody pressed the button of the form in between
    await page.waitForURL(`${demo.info.server_url}/portal/home`);
    await page.getByText("Ann").first().waitFor();
  } finally {
    demo.command("sso", "set", "--binding", "HTTP-Redirect");
  }
});

test("sign-ins are kept where that is wanted, and one is previewed under another mapping", async () => {
  await register();
  const page = operator;
  await byId(page, "nav-mapping").click();
  await byId(page, "mapping-logs").check();
  await saveMapping();
  for (const name of ["cat", "ann"]) await signedIn(name);

  await page.reload();
  const past = byId(page, "preview-past").locator("option");
  await expect.poll(() => past.count()).toBe(3); // the two, and one to type
  const cat = await past.filter({ hasText: /^cat@people.example · / }).getAttribute("value");
  await byId(page, "preview-past").selectOption(cat);
  await byId(page, "preview-received").click();
  expect(await byId(page, "preview-received-department").innerText()).toBe("Research");
  await look(page, "mapping-past");
  await byId(page, "preview-show").click();
  const preview = byId(page, "preview");
  await preview.waitFor();
  expect(await preview.getAttribute("data-outcome")).toBe("found");
  expect(await byId(page, "preview-value-email").innerText()).toBe("cat@people.example");
  expect(await byId(page, "preview-value-last_name").innerText()).toBe("O'Test & Söhne");
  expect(await preview.innerText()).toContain("from mail");

  await byId(page, "row-add").click();
  await byId(page, "row-attribute").last().fill("department");
  await byId(page, "row-field").last().selectOption("dept");
  await byId(page, "rule-add").click();
  await byId(page, "rule-attribute").last().fill("memberOf");
  await byId(page, "rule-match").last().selectOption("equals");
  await byId(page, "rule-value").last().fill("lab");
  await byId(page, "rule-licence").last().selectOption("licensed");
  await byId(page, "preview-show").click();
  await expect.poll(() => preview.getAttribute("data-outcome")).toBe("updated");
  const changes = await byId(page, "preview-changes").innerText();
  expect(changes).toContain("Department: – → Research");
  expect(changes).toContain("Licence: basic → licensed");
  expect(await preview.innerText()).toContain("Rule 1 gave the licence.");
  const user = await (await zoomCall(demo, "GET", "/users/cat@people.example")).json();
  expect(user).toMatchObject({ type: 1, dept: "" }); // a preview changes nothing

  await page.reload();
  await byId(page, "mapping-logs").uncheck();
  await saveMapping();
  await page.reload();
  await expect.poll(() => past.allInnerTexts()).toEqual(["One that I type"]); // what was kept is gone
});

test("a person who knows the organisation's name signs in from the portal's page", async () => {
  await register();
  const page = await (await newPerson(browser)).newPage();
  await page.goto(`${demo.info.server_url}/portal`);
  await byId(page, "signin-organisation").click();
  await look(page, "signin-organisation");
  await byId(page, "signin-organisation-name").fill(" Acme ");
  await byId(page, "signin-organisation-submit").click();
  await idp.signIn(page, "ann");
  await page.waitForURL(`${demo.info.server_url}/portal/**`);
  await page.getByText("Ann").first().waitFor();
});

test("whose password is refused for single sign-on is shown the way once, on the card", async () => {
  const page = await (await newPerson(browser)).newPage();
  demo.command("domain", "set", "people.example", "--force-sso");
  try {
    await page.goto(`${demo.info.server_url}/portal`);
    await byId(page, "signin-email").fill("ann@people.example");
    await byId(page, "signin-password").fill("Harbour2Light");
    await byId(page, "signin-submit").click();
    await byId(page, "signin-sso").waitFor();
    expect(await page.getByText("Sign in through your organisation").count()).toBe(1);
    await look(page, "signin-sso");
    await page.setViewportSize({ width: 320, height: 700 });
    const { x, width } = (await byId(page, "signin-sso").boundingBox()) ?? { x: 0, width: 320 };
    expect(x + width).toBeLessThan(320);
  } finally {
    demo.command("domain", "set", "people.example", "--force-sso=false");
  }
});

test("the provider signs the person out here", async () => {
  await register();
  const page = await signedIn("ann");
  const done = encodeURIComponent(`${demo.info.server_url}/portal/home`);
  await page.goto(`${idp.url}/saml2/idp/SingleLogoutService.php?ReturnTo=${done}`);
  await page.waitForURL(`${demo.info.server_url}/portal/home`);
  await byId(page, "signin-email").waitFor();
});

test("a sign-in that begins at the provider is let in only where that is wanted", async () => {
  await register();
  const page = await (await newPerson(browser)).newPage();
  await page.goto(idp.start(base));
  await idp.signIn(page, "ann");
  await expectRefusal(page, "sso_refused");

  await byId(operator, "nav-sso").click();
  await byId(operator, "sso-idp-initiated").click();
  await expect.poll(() => byId(operator, "sso-idp-initiated").isChecked()).toBe(true);
  await page.goto(idp.start(base));
  await page.waitForURL(`${demo.info.server_url}/portal/**`);
  await page.getByText("Ann").first().waitFor();
});

test("with pre-provisioning only who was made before comes in", async () => {
  await register();
  await byId(operator, "nav-sso").click();
  await byId(operator, "sso-provisioning").selectOption("prior_to_sign_in");
  await expect.poll(() => demo.command("sso", "show")).toContain("prior_to_sign_in");
  const page = await (await newPerson(browser)).newPage();
  await page.goto(base);
  await idp.signIn(page, "bob");
  await expectRefusal(page, "not_provisioned");
  await look(page, "refusal-not-provisioned");

  const made = await zoomCall(demo, "POST", "/users", {
    action: "ssoCreate",
    user_info: { email: "bob@people.example", first_name: "Bob", type: 1 },
  });
  expect(made.status).toBe(201);
  await byId(page, "sso-again").click();
  await page.waitForURL(`${demo.info.server_url}/portal/**`);
  await page.getByText("Bob").first().waitFor();
});

async function saveMapping(): Promise<void> {
  await byId(operator, "mapping-save").click();
  await operator.getByText("The mapping is saved.").waitFor();
}

/** Tells the provider what the account publishes. */
async function register(more: object = {}): Promise<void> {
  idp.register("acme", await (await fetch(`${base}/metadata`)).text(), more);
}

async function signedIn(name: string): Promise<Page> {
  const page = await (await newPerson(browser)).newPage();
  await page.goto(`${base}?return=/portal/home`);
  await idp.signIn(page, name);
  await page.waitForURL(`${demo.info.server_url}/portal/home`);
  return page;
}

async function expectRefusal(page: Page, code: string): Promise<void> {
  await byId(page, "error-page").waitFor();
  expect(await byId(page, "error-page").getAttribute("data-code")).toBe(code);
}

test.each([
  ["revoked tokens", "DELETE", "token", undefined],
  ["a deactivation", "PUT", "status", { action: "deactivate" }],
])("after %s a person's session and running role end within 5 s", async (_, method, what, body) => {
  await register();
  const page = await signedIn("ann");
  await byId(page, "start-meeting").click();
  await enter(page);
  await byId(page, "participant-tile").first().waitFor();

  const start = Date.now();
  const answer = await zoomCall(demo, method, `/users/ann@people.example/${what}`, body);
  expect(answer.status).toBe(204);
  await byId(page, "ended").waitFor();
  expect(Date.now() - start).toBeLessThan(5000);
  await page.goto(`${demo.info.server_url}/portal/home`);
  await byId(page, "signin-email").waitFor();
});
