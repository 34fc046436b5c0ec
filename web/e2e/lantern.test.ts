// SPDX-License-Identifier: Apache-2.0

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { byId, newPerson } from "./people";
import { newWorld } from "./world";

const world = newWorld();

/** Signs in to the example app, and goes on to the portal by its button. */
async function toPortal(email: string): Promise<Page> {
  const person = world.demo.info.users.find((user) => user.email === email);
  if (!person) throw new Error(`the demo has no ${email}`);
  const page = await (await newPerson(world.browser)).newPage();
  await page.goto(world.demo.info.host_app_url);
  await byId(page, "host-login-email").fill(person.email);
  await byId(page, "host-login-password").fill(person.password);
  await byId(page, "host-login-submit").click();
  await byId(page, "host-sso").click();
  return page;
}

test("the example app signs its people in to the portal, in either mode", async () => {
  const { server_url: server, staff_account_id: staff } = world.demo.info;
  const amara = await toPortal("amara@lantern.example");
  await amara.waitForURL(`${server}/portal/home`);
  await amara.getByText("Amara Diallo").first().waitFor();
  await byId(amara, "start-meeting").waitFor();

  world.demo.commandFor(staff, "account", "set", "--provisioning", "prior_to_sign_in");
  const priya = await toPortal("priya@lantern.example");
  await byId(priya, "error-page").waitFor();
  expect(await byId(priya, "error-page").getAttribute("data-code")).toBe("not_provisioned");

  const again = await toPortal("amara@lantern.example");
  await again.waitForURL(`${server}/portal/home`);
});
