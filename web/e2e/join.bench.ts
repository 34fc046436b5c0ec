// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { byId, enter, launch, newPerson, otherIdentity } from "./people";
import { Demo } from "./server";

const rounds = 11;
const promise = 1500;

/** Measures what a guest waits from pressing "Join" to the first picture of the host. */
test(`from pressing Join to the first remote frame, over ${rounds} guests`, async () => {
  const demo = await Demo.start();
  const browser = await launch();
  try {
    const host = await newPerson(browser);
    const home = await host.newPage();
    const person = demo.info.users[0];
    if (!person) throw new Error("the demo has no users");
    await home.goto(demo.info.host_app_url);
    await byId(home, "host-login-email").fill(person.email);
    await byId(home, "host-login-password").fill(person.password);
    await byId(home, "host-login-submit").click();
    await byId(home, "host-start").click();
    await enter(home);
    const hostIdentity = await otherIdentity(home, []);
    const list = await host.newPage();
    await list.goto(demo.info.host_app_url);
    const link = await byId(list, "host-meeting-join").first().getAttribute("href");
    if (!link) throw new Error("no join link in the list");

    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const guest = await newPerson(browser);
      const page = await guest.newPage();
      await page.goto(link);
      await byId(page, "prejoin-name").fill(`Guest ${round}`);
      await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
      times.push(await page.evaluate(pressJoin, hostIdentity));
      await guest.close();
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)] ?? Number.NaN;
    process.stdout.write(
      `join to first remote frame: median ${median.toFixed(0)} ms, least ${times[0]?.toFixed(0)} ms, most ${times.at(-1)?.toFixed(0)} ms (promise: ${promise} ms)\n`,
    );
    expect(times).toHaveLength(rounds);
  } finally {
    await browser.close();
    await demo.stop();
  }
});

/** Runs in the guest's page: presses Join and waits for the host's first frame. */
async function pressJoin(host: string): Promise<number> {
  const start = performance.now();
  document.querySelector<HTMLButtonElement>('[data-testid="prejoin-join"]')?.click();
  for (;;) {
    const video = document.querySelector<HTMLVideoElement>(
      `[data-testid="participant-tile"][data-identity="${host}"] video`,
    );
    if (video) {
      await new Promise((done) => video.requestVideoFrameCallback(done));
      return performance.now() - start;
    }
    await new Promise((done) => requestAnimationFrame(done));
  }
}
