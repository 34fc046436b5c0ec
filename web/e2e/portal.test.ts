// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { zoomCall } from "./api";
import { byId, enter, newPerson } from "./people";
import { newWorld, openAsOperator } from "./world";

const email = "iris@people.example.com";
const password = "Harbour2Light";

const world = newWorld();

test("an invited person activates by mail, and then holds a meeting from the portal", async () => {
  const made = await zoomCall(world.demo, "POST", "/users", {
    action: "create",
    user_info: { email, type: 2, first_name: "Iris", last_name: "Berg" },
  });
  expect(made.status).toBe(201);

  const operator = await openAsOperator(world);
  await checkOverview(operator);
  const firstLink = await linkInOutbox(operator);

  await byId(operator, "nav-users").click();
  await byId(operator, "users-pending").click();
  await byId(operator, "resend").click();
  await byId(operator, "nav-outbox").click();
  await expectRows(operator, 2);
  const secondLink = await linkInOutbox(operator);
  expect(secondLink).not.toBe(firstLink);

  const person = await (await newPerson(world.browser)).newPage();
  await person.goto(firstLink);
  await byId(person, "error-page").waitFor();
  expect(await byId(person, "error-page").getAttribute("data-code")).toBe("invitation_revoked");

  await person.goto(secondLink);
  await byId(person, "activate-password").fill(password);
  await byId(person, "activate-submit").click();
  await byId(person, "start-meeting").click();
  await enter(person);
  await findRunningMeeting(await person.context().newPage());
  await byId(person, "end-for-all").click();
  await byId(person, "end-confirm").click();
  await byId(person, "ended").waitFor();
  await byId(person, "back-to-meetings").click();
  await person.getByText("Nothing planned").waitFor();

  await person.goto(secondLink);
  expect(await byId(person, "error-page").getAttribute("data-code")).toBe("invitation_used");

  await person.goto(`${world.demo.info.server_url}/portal`);
  await byId(person, "signout").click();
  await signIn(person, "Wrong2Password");
  await person.getByRole("alert").waitFor();
  await signIn(person, password);
  await byId(person, "start-meeting").waitFor();
});

/** A meeting that was started at once is on the person's page while it runs. */
async function findRunningMeeting(page: Page): Promise<void> {
  await page.goto(`${world.demo.info.server_url}/portal/home`);
  const row = page.locator('[data-testid="meeting-row"][data-status="started"]');
  await row.getByText("In progress").waitFor();
  await row.getByTestId("start-scheduled").click();
  await byId(page, "prejoin-join").waitFor();
  await page.close();
}

async function checkOverview(page: Page): Promise<void> {
  await page
    .locator('[data-testid="capability"][data-action="custCreate"][data-usable="true"]')
    .waitFor();
  await page
    .locator('[data-testid="capability"][data-action="create"][data-usable="true"]')
    .waitFor();
  await page
    .locator('[data-testid="capability"][data-action="autoCreate"][data-usable="false"]')
    .waitFor();
  await page
    .locator('[data-testid="capability"][data-action="ssoCreate"][data-usable="false"]')
    .waitFor();
}

/** Opens the newest mail and returns the activation link in it. */
async function linkInOutbox(page: Page): Promise<string> {
  await byId(page, "nav-outbox").click();
  await byId(page, "outbox-row").first().click();
  const text = await byId(page, "outbox-text").innerText();
  const link = /https?:\/\/\S+\/activate\/\S+/.exec(text)?.[0];
  if (!link) throw new Error(`no activation link in: ${text}`);
  return link;
}

/** The mail is written by a job after the call was answered, so the list is asked until it is there. */
async function expectRows(page: Page, count: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.reload();
        await byId(page, "outbox-row").first().waitFor();
        return byId(page, "outbox-row").count();
      },
      { timeout: 20_000 },
    )
    .toBe(count);
}

async function signIn(page: Page, secret: string): Promise<void> {
  await byId(page, "signin-email").fill(email);
  await byId(page, "signin-password").fill(secret);
  await byId(page, "signin-submit").click();
}
