// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { byId } from "./people";
import { newWorld, openAsOperator } from "./world";

const world = newWorld();

/** The address is of this machine, which is never called without the operator's leave. */
test("the operator adds a webhook by keyboard alone, sees why it fails, and removes it", async () => {
  const page = await openAsOperator(world);
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
