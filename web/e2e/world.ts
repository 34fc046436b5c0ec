// SPDX-License-Identifier: Apache-2.0

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { byId, launch, newPerson } from "./people";
import { Demo } from "./server";

/** One file's running demo and browser; both are there from the first test on. */
export interface World {
  demo: Demo;
  browser: Browser;
  /** The operator's browser, from the first {@link openAsOperator} on. */
  operator?: BrowserContext;
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

/** A page of the operator's, signed in. The link is good for one sign-in, so all share a profile. */
export async function openAsOperator(world: World): Promise<Page> {
  const { operator_url: link, server_url: server } = world.demo.info;
  const first = world.operator === undefined;
  world.operator ??= await newPerson(world.browser);
  const page = await world.operator.newPage();
  await page.goto(first ? link : `${server}/portal/overview`);
  await byId(page, "nav-overview").waitFor();
  return page;
}
