// SPDX-License-Identifier: Apache-2.0

import type { Demo } from "./server";

/** Calls Zoom's wire on the demo server as the example app. */
export async function zoomCall(
  demo: Demo,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const { server_url: server, credentials } = demo.info;
  const basic = Buffer.from(`${credentials.client_id}:${credentials.client_secret}`).toString(
    "base64",
  );
  const granted = await fetch(`${server}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({
      grant_type: "account_credentials",
      account_id: credentials.account_id,
    }),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  return fetch(`${server}/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
