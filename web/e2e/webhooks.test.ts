// SPDX-License-Identifier: Apache-2.0

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { byId, launch, newPerson } from "./people";
import { Demo } from "./server";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** The address is of this machine, which is never called without the operator's leave. */
test("the operator adds a webhook by keyboard alone, sees why it fails, and removes it", async () => {
  const page = await (await newPerson(browser)).newPage();
  await page.goto(demo.info.operator_url);
  await byId(page, "nav-webhooks").focus();
  await page.keyboard.press("Enter");
  await byId(page, "webhook-url").focus();
  await page.keyboard.type("https://localhost:1/hook");
  await page.keyboard.press("Enter");
  const card = byId(page, "webhook");
  await card.waitFor();
  expect(await card.getAttribute("data-state")).toBe("pending");
  expect(await card.textContent()).toContain("not public");
  await byId(page, "webhook-deliveries").locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.getByText("Everything was delivered.").waitFor();
  await byId(page, "webhook-remove").focus();
  await page.keyboard.press("Enter");
  await byId(page, "webhook-remove-confirm").focus();
  await page.keyboard.press("Enter");
  await page.getByText("No webhooks yet").waitFor();
});
