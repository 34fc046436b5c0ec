// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { zoomCall } from "./api";
import { enterOn, tabTo } from "./keyboard";
import { byId } from "./people";
import { newWorld, openAsOperator } from "./world";

const world = newWorld();
const email = "noor@people.example.com";

test("the operator finds by keyboard alone who changed what, checks the chain and exports the log", async () => {
  const made = await zoomCall(world.demo, "POST", "/users", {
    action: "custCreate",
    user_info: { email, type: 2, first_name: "Noor" },
  });
  const { id } = (await made.json()) as { id: string };
  await zoomCall(world.demo, "PATCH", `/users/${id}`, { first_name: "Noora" });

  const page = await openAsOperator(world);
  await enterOn(page, "nav-audit");
  await tabTo(page, "audit-person");
  await page.keyboard.type(id);
  await tabTo(page, "audit-action");
  await page.keyboard.type("user.updated");
  await enterOn(page, "audit-show");
  const entry = byId(page, "audit-entry");
  await expect.poll(() => entry.count()).toBe(1);
  const { client_id: client } = world.demo.info.credentials;
  expect(await entry.innerText()).toContain(`Lantern Tutoring changed the user ${id}`);
  expect(await entry.innerText()).toMatch(/Noor\s*→[\s\S]*Noora/);
  expect(await entry.innerText()).toContain(`client id ${client} · from 127.0.0.1`);

  await enterOn(page, "audit-show-all");
  await entry.nth(2).waitFor();
  await tabTo(page, "audit-details");
  await page.keyboard.press("Space");
  await entry.locator("details[open]").waitFor();

  await page.reload();
  await enterOn(page, "audit-verify");
  await page.locator('[data-testid="audit-outcome"][data-intact="true"]').waitFor();

  await page.reload();
  const waiting = page.waitForEvent("download");
  await enterOn(page, "audit-export");
  let lines = "";
  for await (const part of await (await waiting).createReadStream()) lines += part;
  const actions = lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).action as string);
  expect(actions[0]).toBe("account.created");
  expect(actions.filter((action) => action === "user.updated")).toHaveLength(1);
});
