// SPDX-License-Identifier: Apache-2.0

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { byId, launch, newPerson } from "./people";
import { Demo } from "./server";

/** One file's running demo and browser; both are there from the first test on. */
export interface World {
  demo: Demo;
  browser: Browser;
}

/** Starts a demo and a browser before the tests of the file, and ends them after the last. */
export function newWorld(): World {
  const world = {} as World;
  beforeAll(async () => {
    world.demo = await Demo.start();
    world.browser = await launch();
  });
  afterAll(async () => {
    await world.browser?.close();
    await world.demo?.stop();
  });
  return world;
}

/** The operator's browser, signed in and on the overview. The link is good for one sign-in. */
export async function openAsOperator(world: World): Promise<Page> {
  const page = await (await newPerson(world.browser)).newPage();
  await page.goto(world.demo.info.operator_url);
  await byId(page, "nav-overview").waitFor();
  return page;
}
