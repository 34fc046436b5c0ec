// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { enterOn, tabTo } from "./keyboard";
import { byId } from "./people";
import { newWorld, openAsOperator } from "./world";

const world = newWorld();

const file = [
  "external_id,email,first_name,Room",
  ...Array.from({ length: 2500 }, (_, i) => `e2e-${i},person${i}@people.example.com,Jane,12`),
  "e2e-bad,not an address,Jane,12",
  "e2e-twice,person7@people.example.com,Jane,12",
].join("\r\n");

test("an operator previews a file, runs it, and downloads the results by keyboard alone", async () => {
  const page = await openAsOperator(world);
  await enterOn(page, "nav-imports");
  await tabTo(page, "import-action");
  await page.keyboard.type("Without");
  expect(await byId(page, "import-action").inputValue()).toBe("custCreate");
  const choosing = page.waitForEvent("filechooser");
  await enterOn(page, "import-choose");
  await (await choosing).setFiles({
    name: "people.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(file),
  });
  await page
    .locator('[data-testid="import-run"][data-state="done"][data-dry-run="true"]')
    .waitFor();
  expect(await byId(page, "import-count").allInnerTexts()).toEqual(counts(2500, 0));
  await byId(page, "import-problem").first().waitFor();
  expect(await byId(page, "import-problem").count()).toBe(2);

  await enterOn(page, "import-start");
  await page
    .locator('[data-testid="import-run"][data-state="done"][data-dry-run="false"]')
    .waitFor();
  expect(await byId(page, "import-count").allInnerTexts()).toEqual(counts(2500, 0));

  const waiting = page.waitForEvent("download");
  await enterOn(page, "import-results");
  const stream = await (await waiting).createReadStream();
  let results = "";
  for await (const part of stream) results += part;
  const lines = results.trimEnd().split("\n");
  expect(lines.length).toBe(2503);
  expect(lines[0]).toBe("external_id,email,first_name,Room,outcome,code,message,user_id");
  expect(lines[2501]).toContain("error,invalid_email,");
  await page.locator('[data-testid="import-row"]').first().waitFor();
  expect(await byId(page, "import-row").count()).toBe(2);

  await page.reload();
  await enterOn(page, "import-open");
  expect(await byId(page, "import-count").allInnerTexts()).toEqual(counts(2500, 0));
});

function counts(create: number, skip: number): string[] {
  const shown = (n: number) => n.toLocaleString("en-GB");
  return [
    `Create\n${shown(create)}`,
    "Update\n0",
    `Skip\n${shown(skip)}`,
    "Conflict\n1",
    "Error\n1",
  ];
}
