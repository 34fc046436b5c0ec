// SPDX-License-Identifier: Apache-2.0

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** The distribution's Chromium, wherever the PATH has it. */
function installedChromium(): string {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((dir) => join(dir, "chromium"));
  const found = places.find((path) => existsSync(path));
  if (!found) throw new Error("Chromium is not installed: run scripts/prepare-tests browser");
  return found;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: installedChromium(), args: flags });
}

/** One person: a browser profile of their own, with a fake camera and microphone. */
export async function newPerson(
  browser: Browser,
  size = { width: 1280, height: 800 },
  more: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    ...more,
    viewport: size,
    permissions: ["camera", "microphone"],
  });
  context.setDefaultTimeout(30_000);
  return context;
}

export const byId = (page: Page, id: string) => page.getByTestId(id);

/** Goes through the preview into the room. A host's name is fixed. */
export async function enter(page: Page, name?: string): Promise<void> {
  if (name !== undefined) await byId(page, "prejoin-name").fill(name);
  await byId(page, "prejoin-join").click();
  await byId(page, "room").waitFor();
}

/** Waits until a video of another person shows pictures that change. */
export async function seeMovingVideo(page: Page, identity: string): Promise<void> {
  await page.waitForFunction(
    async (id) => {
      const video = document.querySelector<HTMLVideoElement>(
        `[data-testid="participant-tile"][data-identity="${id}"] video`,
      );
      if (!video || video.videoWidth === 0 || video.paused) return false;
      const picture = () => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 64;
        const drawing = canvas.getContext("2d");
        drawing?.drawImage(video, 0, 0, 64, 64);
        return drawing?.getImageData(0, 0, 64, 64).data.join();
      };
      const nextFrame = () => new Promise((done) => video.requestVideoFrameCallback(done));
      const first = picture();
      for (let i = 0; i < 10; i++) await nextFrame();
      return first !== picture();
    },
    identity,
    { polling: 500 },
  );
}

/** The identity of the one tile that is not in the list. */
export async function otherIdentity(page: Page, known: string[]): Promise<string> {
  const handle = await page.waitForFunction((mine) => {
    const tiles = document.querySelectorAll<HTMLElement>('[data-testid="participant-tile"]');
    return (
      [...tiles]
        .map((tile) => tile.dataset["identity"] ?? "")
        .find((id) => id !== "" && !mine.includes(id)) ?? false
    );
  }, known);
  return (await handle.jsonValue()) as string;
}
