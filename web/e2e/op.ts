// SPDX-License-Identifier: Apache-2.0

import { createServer, type Server } from "node:http";
import Provider from "oidc-provider";
import type { Page } from "playwright-core";
import { freePort } from "./server";

export const client = { id: "convoke-at-acme", secret: "a-secret-of-the-client" };

/** oidc-provider, a certified OpenID provider that nobody here wrote. */
export class OpenIDProvider {
  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  /** Starts a provider that knows an account of Convoke's by its addresses. */
  static async start(base: string, portal: string): Promise<OpenIDProvider> {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [`${base}/callback`],
          post_logout_redirect_uris: [portal],
          backchannel_logout_uri: `${base}/backchannel`,
        },
      ],
      claims: {
        email: ["email", "email_verified"],
        profile: ["given_name", "family_name", "groups"],
      },
      cookies: { keys: ["of these tests"] },
      features: { backchannelLogout: { enabled: true } },
      pkce: { required: () => true },
      // Its own guard keeps it from this machine, where the back channel leads.
      fetch: (url: string, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) =>
        fetch(url, options),
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => claimsOf(id) }),
    });
    const server = createServer(provider.callback());
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
    return new OpenIDProvider(server, issuer);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Signs in and consents on the provider's own pages. */
  async signIn(page: Page, name: string): Promise<void> {
    await page.locator('input[name="login"]').fill(name);
    await page.locator('input[name="password"]').fill("any");
    await page.locator('button[type="submit"]').click();
    await page.locator('input[name="prompt"][value="consent"]').waitFor({ state: "attached" });
    await page.locator('button[type="submit"]').click();
  }
}

function claimsOf(id: string) {
  return {
    sub: id,
    email: `${id}@people.example`,
    email_verified: true,
    given_name: id[0]?.toUpperCase() + id.slice(1),
    family_name: "Test",
    groups: ["staff", "lab"],
  };
}
