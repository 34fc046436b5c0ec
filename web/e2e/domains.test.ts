// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { byId } from "./people";
import { newWorld, openAsOperator } from "./world";

const world = newWorld();

/** The domain is of the reserved TLD .invalid, so that nobody outside is asked. */
test("the operator adds a domain by keyboard alone, looks for its proofs, and removes it", async () => {
  const page = await openAsOperator(world);
  await byId(page, "nav-domains").focus();
  await page.keyboard.press("Enter");
  await byId(page, "domain-name").focus();
  await page.keyboard.type("people.invalid");
  await page.keyboard.press("Enter");

  const card = byId(page, "domain");
  await card.waitFor();
  expect(await card.getAttribute("data-state")).toBe("unverified");
  expect(await byId(page, "proof").count()).toBe(3);

  await byId(page, "domain-verify").focus();
  await page.keyboard.press("Enter");
  await byId(page, "finding").first().waitFor({ timeout: 60_000 });
  expect(await byId(page, "finding").count()).toBe(3);
  expect(await card.getAttribute("data-state")).toBe("unverified");

  await byId(page, "domain-exclusive").focus();
  await page.keyboard.press("Space");
  await expect.poll(() => byId(page, "domain-exclusive").isChecked()).toBe(true);
  await page.reload();
  expect(await byId(page, "domain-exclusive").isChecked()).toBe(true);

  await remove(page);
  await card.waitFor({ state: "detached" });
});

async function remove(page: Page): Promise<void> {
  await byId(page, "domain-remove").focus();
  await page.keyboard.press("Enter");
  await byId(page, "domain-remove-confirm").focus();
  await page.keyboard.press("Enter");
}
