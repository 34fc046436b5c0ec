// SPDX-License-Identifier: Apache-2.0

import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Where to keep a picture of every page that is looked at, for a person to look at too; none by default. */
const pictures = process.env["CONVOKE_PICTURES"];

const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 844 };

const ways = [
  { name: "wide-light", size: wide, colorScheme: "light" },
  { name: "wide-dark", size: wide, colorScheme: "dark" },
  { name: "narrow-light", size: narrow, colorScheme: "light" },
  { name: "narrow-dark", size: narrow, colorScheme: "dark" },
] as const;

/**
 * Has axe look at the page as it stands, wide and narrow, light and dark: nothing
 * serious or critical may be found, and nothing may be cut off at the side or stick out of its card.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const way of ways) {
    const label = `${name}-${way.name}`;
    await page.setViewportSize(way.size);
    await page.emulateMedia({ colorScheme: way.colorScheme, reducedMotion: "reduce" });
    await page.evaluate(settled);
    if (pictures) {
      await page.screenshot({ path: join(pictures, `${label}.png`), fullPage: true });
    }
    expect(await findings(page), label).toEqual([]);
    expect(await page.evaluate(overhang), `${label} is wider than the window`).toBe(0);
    expect(await page.evaluate(stickingOut), `${label} has what sticks out of its card`).toEqual(
      [],
    );
  }
  await page.setViewportSize(wide);
}

/** Waits until the page is drawn as it now is, and nothing on it changes colour any more. */
async function settled(): Promise<void> {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  await frame();
  for (
    let moving = document.getAnimations();
    moving.length > 0;
    moving = document.getAnimations()
  ) {
    await Promise.allSettled(moving.map((animation) => animation.finished));
    await frame();
  }
}

/** By how many pixels the page can be pushed aside. */
function overhang(): number {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

/** The cards, and the page's head, whose insides are wider than they are; the page itself need not be. */
function stickingOut(): string[] {
  const boxes = document.querySelectorAll(".card, .cv-page__card, .cv-dialog[open], .shell__bar");
  return [...boxes]
    .filter((box) => box.scrollWidth > box.clientWidth)
    .map((box) => `${box.className}: ${box.scrollWidth} px in ${box.clientWidth}`);
}

async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
