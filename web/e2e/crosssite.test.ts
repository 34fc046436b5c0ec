// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IdentityProvider } from "./idp";
import { launch, newPerson } from "./people";
import { binary, freePort } from "./server";

// A provider's answer is a form that another site posts, which carries our cookies
// only where they are SameSite=None and Secure. So here the server speaks TLS, as
// "localhost", and the provider is at 127.0.0.1 without: two sites to a browser.

const dir = mkdtempSync(join(tmpdir(), "convoke-e2e-"));
const data = ["--data-dir", join(dir, "data")];
let server: ChildProcess;
let idp: IdentityProvider;
let browser: Browser;
let url: string;

beforeAll(async () => {
  idp = await IdentityProvider.start();
  const port = await freePort();
  url = `https://localhost:${port}`;
  server = spawn(
    binary,
    [
      ...["serve", ...data, "--listen", `127.0.0.1:${port}`, "--public-url", url],
      ...["--tls-cert", idp.certificatePath, "--tls-key", idp.keyPath, "--media-udp-port", "0"],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  await saysReady(server);
  const run = (...args: string[]) => execFileSync(binary, [...args, ...data], { encoding: "utf8" });
  writeFileSync(join(dir, "idp.xml"), idp.metadata);
  run("sso", "set", "--vanity", "acme", "--metadata", join(dir, "idp.xml"));
  run("domain", "add", "people.example", "--trust");
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  idp?.stop();
  if (server?.exitCode === null) {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

test("a provider's answer comes in from another site, and only for the browser that asked", async () => {
  const person = await newPerson(browser, undefined, { ignoreHTTPSErrors: true });
  const base = `${url}/sso/acme`;
  idp.register("acme", await (await person.request.get(`${base}/metadata`)).text());
  const page = await person.newPage();
  const posted = page.waitForRequest((request) => request.url() === `${base}/acs`);
  await page.goto(base);
  await idp.signIn(page, "ann");
  expect((await (await posted).allHeaders())["sec-fetch-site"]).toBe("cross-site");
  await page.waitForURL(`${url}/portal/**`);
  await page.getByText("Ann").first().waitFor();

  const stranger = await newPerson(browser, undefined, { ignoreHTTPSErrors: true });
  const answer = await stranger.request.post(`${base}/acs`, {
    form: {
      SAMLResponse: new URLSearchParams((await posted).postData() ?? "").get("SAMLResponse") ?? "",
    },
  });
  expect(answer.status()).toBe(403);
});

function saysReady(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("msg=ready")) done();
    });
    child.once("exit", (status) => fail(new Error(`convoke serve ended with ${status}: ${said}`)));
  });
}
