// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { freePort } from "./server";

/** SimpleSAMLphp of the distribution, as an identity provider that nobody here wrote. */
export class IdentityProvider {
  private constructor(
    private readonly dir: string,
    private readonly process: ChildProcess,
    readonly url: string,
    readonly metadata: string,
  ) {}

  static async start(): Promise<IdentityProvider> {
    const dir = mkdtempSync(join(tmpdir(), "convoke-idp-"));
    const port = await freePort();
    const script = resolve(import.meta.dirname, "../../scripts/test-idp");
    const child = spawn(script, [dir, String(port)], { stdio: "ignore", detached: true });
    const url = `http://127.0.0.1:${port}`;
    return new IdentityProvider(dir, child, url, await metadataOf(url));
  }

  stop(): void {
    if (this.process.pid) process.kill(-this.process.pid, "SIGKILL"); // PHP's workers too
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Knows a service provider by its published metadata, and does otherwise as `more` says. */
  register(name: string, metadata: string, more: object = {}): void {
    writeFileSync(join(this.dir, "sp", `${name}.json`), JSON.stringify(more));
    writeFileSync(join(this.dir, "sp", `${name}.xml`), metadata);
  }

  /** What it signs with, in PEM. */
  get certificate(): Buffer {
    return readFileSync(this.certificatePath);
  }

  get certificatePath(): string {
    return join(this.dir, "idp.crt");
  }

  get keyPath(): string {
    return join(this.dir, "idp.key");
  }

  /** Where a sign-in begins at the provider. */
  start(entityId: string): string {
    return `${this.url}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(entityId)}`;
  }

  /** Fills in the provider's own page. */
  async signIn(page: Page, name: string): Promise<void> {
    await page.locator('input[name="username"]').fill(name);
    await page.locator('input[name="password"]').fill(`${name}-secret`);
    await page.locator('input[name="password"]').press("Enter");
  }
}

/** Asks until the provider answers; there is no event to wait for from outside. */
async function metadataOf(url: string): Promise<string> {
  for (const end = Date.now() + 30_000; ; await new Promise((next) => setTimeout(next, 100))) {
    const answer = await fetch(`${url}/saml2/idp/metadata.php`).catch(() => undefined);
    if (answer?.ok) return answer.text();
    if (Date.now() > end) throw new Error("The identity provider does not start.");
  }
}
