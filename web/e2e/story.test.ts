// SPDX-License-Identifier: Apache-2.0

import type { Browser, BrowserContext, Page, Response } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { byId, enter, launch, newPerson, otherIdentity, seeMovingVideo } from "./people";
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

async function logIn(page: Page): Promise<string> {
  const person = demo.info.users[0];
  if (!person) throw new Error("the demo has no users");
  await page.goto(demo.info.host_app_url);
  await byId(page, "host-login-email").fill(person.email);
  await byId(page, "host-login-password").fill(person.password);
  await byId(page, "host-login-submit").click();
  return (await byId(page, "host-user-id").innerText()).trim();
}

/** Opens the join link in a profile of its own and notes the media token it got. */
async function joinAsGuest(
  link: string,
  name: string,
): Promise<{ context: BrowserContext; page: Page; token: string }> {
  const context = await newPerson(browser);
  const page = await context.newPage();
  const joined = page.waitForResponse((r: Response) => r.url().endsWith("/room/v1/join") && r.ok());
  await page.goto(link);
  await enter(page, name);
  const session = (await (await joined).json()) as { media: { token: string } };
  return { context, page, token: session.media.token };
}

test("a host app's user logs in, meets a guest by video, and is the same user after a restart", async () => {
  const host = await newPerson(browser);
  const home = await host.newPage();
  const userID = await logIn(home);
  expect(userID).toMatch(/^[\w-]{22}$/);

  await byId(home, "host-start").click();
  await enter(home);
  const hostIdentity = await otherIdentity(home, []);

  const list = await host.newPage();
  await list.goto(demo.info.host_app_url);
  const joinLink = await byId(list, "host-meeting-join").first().getAttribute("href");
  if (!joinLink) throw new Error("no join link in the list");

  const guest = await joinAsGuest(joinLink, "Grace Guest");
  const guestIdentity = await otherIdentity(home, [hostIdentity]);
  await seeMovingVideo(home, guestIdentity);
  await seeMovingVideo(guest.page, hostIdentity);
  expect(await home.locator('[data-testid="participant-tile"]').count()).toBe(2);
  expect(
    await guest.page
      .locator(`[data-testid="participant-tile"][data-identity="${hostIdentity}"]`)
      .getAttribute("data-role"),
  ).toBe("host");
  expect(await byId(guest.page, "end-for-all").count()).toBe(0);

  await chat(home, "Good morning from the host", guest.page);
  await chat(guest.page, "Hello from the guest", home);

  await removeFromList(home, guestIdentity);
  await byId(guest.page, "ended").waitFor();
  expect(await byId(guest.page, "ended").getAttribute("data-reason")).toBe("removed");
  await cannotComeBack(guest, joinLink);

  const second = await joinAsGuest(joinLink, "Gustav Guest");
  await otherIdentity(home, [hostIdentity, guestIdentity]);
  await byId(home, "end-for-all").click();
  await byId(second.page, "ended").waitFor();
  expect(await byId(second.page, "ended").getAttribute("data-reason")).toBe("ended");

  await byId(list, "host-logout").click();
  await byId(list, "host-login-email").waitFor();
  await demo.restart();
  expect(await logIn(list)).toBe(userID);
  for (const context of [host, guest.context, second.context]) await context.close();
});

async function chat(from: Page, text: string, to: Page): Promise<void> {
  for (const page of [from, to]) {
    if ((await byId(page, "chat-input").count()) === 0) await byId(page, "chat-toggle").click();
  }
  await byId(from, "chat-input").fill(text);
  await byId(from, "chat-input").press("Enter");
  await to.getByTestId("chat-message").filter({ hasText: text }).waitFor();
}

async function removeFromList(host: Page, identity: string): Promise<void> {
  const button = host.locator(`[data-testid="remove"][data-identity="${identity}"]`);
  if ((await button.count()) === 0) await byId(host, "participants-toggle").click();
  await button.click();
}

/** Neither the link in the same browser nor the old media token lets a removed guest in. */
async function cannotComeBack(guest: { page: Page; token: string }, link: string): Promise<void> {
  await guest.page.goto(link);
  expect(await byId(guest.page, "error-page").getAttribute("data-code")).toBe(
    "removed_from_meeting",
  );
  const answer = await fetch(`${demo.info.server_url}/rtc/validate?access_token=${guest.token}`);
  expect(answer.status).toBe(403);
}
