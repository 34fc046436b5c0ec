// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { enterOn, tabTo } from "./keyboard";
import { byId } from "./people";
import { newWorld, openAsOperator } from "./world";

const world = newWorld();

/** The address is of this machine, which is never called without the operator's leave. */
test("the operator adds a webhook by keyboard alone, chooses and changes its events, sees why it fails, and removes it", async () => {
  const page = await openAsOperator(world);
  await enterOn(page, "nav-webhooks");
  await tabTo(page, "webhook-url");
  await page.keyboard.type("https://localhost:1/hook");
  await tabTo(page, "events-all");
  await page.keyboard.press("ArrowDown");
  await tabTo(page, "events-search");
  await page.keyboard.type("user.d");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await enterOn(page, "webhook-save");
  const card = byId(page, "webhook");
  await card.waitFor();
  expect(await card.getAttribute("data-state")).toBe("pending");
  expect(await card.textContent()).toContain("not public");
  const head = card.locator(".entry__head");
  expect(await head.textContent()).toContain("user.deactivated, user.deleted, user.disassociated");

  await enterOn(page, "webhook-edit");
  await tabTo(page, "events-some");
  await page.keyboard.press("ArrowUp");
  await enterOn(page, "webhook-save");
  await head.getByText("All events").waitFor();

  await enterOn(page, "webhook-deliveries");
  await page.getByText("Everything was delivered.").waitFor();
  await enterOn(page, "webhook-remove");
  await enterOn(page, "webhook-remove-confirm");
  await page.getByText("No webhooks yet").waitFor();
});
