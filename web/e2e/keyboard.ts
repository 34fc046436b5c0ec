// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect } from "vitest";

/** More stops than any page has. */
const mostStops = 150;

/**
 * Presses Tab until the focus is on the part with the test id, and holds every
 * stop on the way to showing that it has the focus.
 */
export async function tabTo(page: Page, testId: string): Promise<void> {
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press("Tab");
    const { name, seen } = await page.evaluate(focused);
    expect(seen, `the focus on ${name} cannot be seen`).toBe(true);
    if (name === testId) return;
  }
  throw new Error(`Tab does not come to ${testId}`);
}

/** Goes to the part and presses Enter. */
export async function enterOn(page: Page, testId: string): Promise<void> {
  await tabTo(page, testId);
  await page.keyboard.press("Enter");
}

/** Which part has the focus, and whether that can be seen. */
function focused(): { name: string; seen: boolean } {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) {
    return { name: "the browser itself", seen: true };
  }
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  return {
    name: element.dataset["testid"] ?? element.outerHTML.slice(0, 120),
    seen: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && width * height > 1,
  };
}
