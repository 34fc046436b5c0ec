// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const binary = resolve(import.meta.dirname, "../../bin/convoke");

/** What `convoke demo --json` prints. */
export interface DemoInfo {
  server_url: string;
  host_app_url: string;
  operator_url: string;
  users: { name: string; email: string; password: string }[];
  /** The account whose people the example app signs in. */
  staff_account_id: string;
  credentials: { account_id: string; client_id: string; client_secret: string };
}

/** A running demo: the real binary with its data in a directory of its own. */
export class Demo {
  info!: DemoInfo;
  private process: ChildProcess | undefined;

  private constructor(
    private readonly dir: string,
    private readonly ports: { server: number; hostApp: number },
  ) {}

  static async start(): Promise<Demo> {
    const dir = mkdtempSync(join(tmpdir(), "convoke-e2e-"));
    const demo = new Demo(dir, { server: await freePort(), hostApp: await freePort() });
    await demo.run();
    return demo;
  }

  /** Stops the server in order and starts it again on the same data and ports. */
  async restart(): Promise<void> {
    await this.end();
    await this.run();
  }

  /** Runs a command of the operator's on the demo's first account and gives what it printed. */
  command(...args: string[]): string {
    return this.commandFor(this.info.credentials.account_id, ...args);
  }

  /** The same for an account. */
  commandFor(account: string, ...args: string[]): string {
    const data = join(this.dir, "data");
    return execFileSync(binary, [...args, "--account", account, "--data-dir", data], {
      encoding: "utf8",
    });
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const child = spawn(
      binary,
      [
        "demo",
        "--json",
        "--data-dir",
        join(this.dir, "data"),
        "--listen",
        `127.0.0.1:${this.ports.server}`,
        "--host-listen",
        `127.0.0.1:${this.ports.hostApp}`,
        "--media-udp-port",
        "0",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    this.process = child;
    this.info = JSON.parse(await firstDocument(child)) as DemoInfo;
  }

  private async end(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const exited = new Promise<number | null>((done) => child.once("exit", done));
    child.kill("SIGTERM");
    const status = await exited;
    if (status !== 0) throw new Error(`convoke demo ended with status ${status}`);
  }
}

/** Reads stdout until it holds one whole JSON document. */
function firstDocument(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.trimEnd().endsWith("\n}")) done(text);
    });
    child.once("exit", (status) =>
      fail(new Error(`convoke demo ended at once with status ${status}`)),
    );
  });
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? done(address.port) : fail(new Error("no port")),
      );
    });
  });
}
