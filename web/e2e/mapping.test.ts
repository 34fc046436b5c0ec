// SPDX-License-Identifier: Apache-2.0

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { zoomCall } from "./api";
import { byId, launch, newPerson } from "./people";
import { Demo } from "./server";

let demo: Demo;
let browser: Browser;
let operator: Page;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  operator = await (await newPerson(browser)).newPage();
  await operator.goto(demo.info.operator_url);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

test("the operator maps an attribute, orders the rules, previews a sign-in and saves", async () => {
  demo.command("account", "set", "--sso=true");
  const page = operator;
  await byId(page, "nav-mapping").click();

  await byId(page, "row-add").click();
  await byId(page, "row-attribute").last().fill("department");
  await byId(page, "row-field").last().selectOption("dept");
  for (const [value, licence] of [
    ["staff", "basic"],
    ["hosts", "licensed"],
  ] as const) {
    await byId(page, "rule-add").click();
    await byId(page, "rule-match").last().selectOption("equals");
    await byId(page, "rule-value").last().fill(value);
    await byId(page, "rule-licence").last().selectOption(licence);
  }

  await byId(page, "preview-subject").fill("ada");
  await byId(page, "preview-attributes").fill(
    "email = ada@people.invalid\ngroups = staff\ngroups = hosts\ndepartment = Engines",
  );
  await byId(page, "preview-show").click();
  await byId(page, "preview").waitFor();
  expect(await byId(page, "preview").getAttribute("data-outcome")).toBe("made");
  expect(await byId(page, "preview").textContent()).toContain("must be confirmed"); // nobody manages people.invalid
  expect(await byId(page, "preview-value-dept").textContent()).toBe("Engines");
  expect(await byId(page, "preview-changes").textContent()).toContain("Licence: – → basic");

  await byId(page, "rule-up").last().click();
  await byId(page, "preview-show").click();
  await expect
    .poll(() => byId(page, "preview-changes").textContent())
    .toContain("Licence: – → licensed");

  await byId(page, "rule-role").first().selectOption("admin");
  await byId(page, "rule-groups").first().fill("Harbour\nNight shift");
  await byId(page, "preview-show").click();
  await expect
    .poll(() => byId(page, "preview-changes").textContent())
    .toContain("Role: member → admin");
  expect(await byId(page, "preview-notes").textContent()).toContain(
    "“Night shift”, which is not there",
  );

  await byId(page, "mapping-save").click();
  await page.getByText("The mapping is saved.").waitFor();
  await page.reload();
  await byId(page, "mapping-rule").first().waitFor();
  expect(await byId(page, "rule-value").first().inputValue()).toBe("hosts");
  expect(await byId(page, "row-attribute").last().inputValue()).toBe("department");
  expect(await byId(page, "rule-role").first().inputValue()).toBe("admin");
  expect(await byId(page, "rule-groups").first().inputValue()).toBe("Harbour\nNight shift");

  await byId(page, "rule-match").first().selectOption("regexp");
  await byId(page, "rule-value").first().fill("(");
  await byId(page, "mapping-save").click();
  expect(await page.getByRole("alert").textContent()).toContain("rule 1");
});

test("people of a domain that forces single sign-on are shown the way, an exception gets in", async () => {
  demo.command("account", "set", "--sso=true", "--auto-create=true");
  demo.command("domain", "add", "people.example.com", "--trust");
  const password = "Harbour2Light";
  for (const name of ["iris", "root"]) {
    const made = await zoomCall(demo, "POST", "/users", {
      action: "autoCreate",
      user_info: { email: `${name}@people.example.com`, type: 1, password },
    });
    expect(made.status).toBe(201);
  }
  await byId(operator, "nav-domains").click();
  const card = operator.locator('[data-domain="people.example.com"]');
  await card.getByTestId("domain-force-sso").click();
  await card.getByTestId("domain-exceptions").fill("root@people.example.com");
  await card.getByTestId("domain-exceptions-save").click();
  await operator.reload();
  await expect
    .poll(() => card.getByTestId("domain-exceptions").inputValue())
    .toBe("root@people.example.com");

  const person = await (await newPerson(browser)).newPage();
  await person.goto(`${demo.info.server_url}/portal`);
  await byId(person, "signin-email").fill("iris@people.example.com");
  await byId(person, "signin-password").fill(password);
  await byId(person, "signin-submit").click();
  expect(await person.getByRole("alert").textContent()).toContain(
    "sign in through their organisation",
  );
  await byId(person, "signin-email").fill("root@people.example.com");
  await byId(person, "signin-submit").click();
  await byId(person, "start-meeting").waitFor();
  expect(demo.command("audit", "export")).toContain("sso.bypassed");
});
