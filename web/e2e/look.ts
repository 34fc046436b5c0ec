// SPDX-License-Identifier: Apache-2.0

import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Where to keep a picture of every page that is looked at, for a person to look at too; none by default. */
const pictures = process.env["CONVOKE_PICTURES"];

const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 844 };

/**
 * Has axe look at the page as it stands, wide and narrow, light and dark: nothing
 * serious or critical may be found, and nothing may be cut off at the side.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const [width, size] of Object.entries({ wide, narrow })) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const label = `${name}-${width}-${colorScheme}`;
      if (pictures) {
        await page.screenshot({ path: join(pictures, `${label}.png`), fullPage: true });
      }
      expect(await findings(page), label).toEqual([]);
    }
    expect(await page.evaluate(overhang), `${name}-${width} is wider than the window`).toBe(0);
  }
  await page.setViewportSize(wide);
}

/** By how many pixels the page can be pushed aside. */
function overhang(): number {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
