// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { enterOn, tabTo } from "./keyboard";
import { byId } from "./people";
import { newWorld, openAsOperator } from "./world";

const world = newWorld();

/** The domain is of the reserved TLD .invalid, so that nobody outside is asked. */
test("the operator adds a domain by keyboard alone, looks for its proofs, and removes it", async () => {
  const page = await openAsOperator(world);
  await enterOn(page, "nav-domains");
  await tabTo(page, "domain-name");
  await page.keyboard.type("people.invalid");
  await page.keyboard.press("Enter");

  const card = byId(page, "domain");
  await card.waitFor();
  expect(await card.getAttribute("data-state")).toBe("unverified");
  expect(await byId(page, "proof").count()).toBe(3);

  await tabTo(page, "domain-add");
  await enterOn(page, "domain-verify");
  await byId(page, "finding").first().waitFor({ timeout: 60_000 });
  expect(await byId(page, "finding").count()).toBe(3);
  expect(await card.getAttribute("data-state")).toBe("unverified");

  await tabTo(page, "domain-exclusive");
  await page.keyboard.press("Space");
  await expect.poll(() => byId(page, "domain-exclusive").isChecked()).toBe(true);
  await page.reload();
  expect(await byId(page, "domain-exclusive").isChecked()).toBe(true);

  await enterOn(page, "domain-remove");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await focusedId(page)).toBe("domain-remove");
  await page.keyboard.press("Enter");
  await enterOn(page, "domain-remove-confirm");
  await card.waitFor({ state: "detached" });
});

const focusedId = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["testid"]);
