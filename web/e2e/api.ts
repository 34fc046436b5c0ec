// SPDX-License-Identifier: Apache-2.0

import type { Demo } from "./server";

/** Calls Zoom's wire on the demo server as the example app. */
export function zoomCall(demo: Demo, method: string, path: string, body?: unknown) {
  return call(demo, method, `/v2${path}`, body);
}

/** Calls Convoke's own API likewise. */
export function convokeCall(demo: Demo, method: string, path: string, body?: unknown) {
  return call(demo, method, `/api/v1${path}`, body);
}

async function call(demo: Demo, method: string, path: string, body?: unknown): Promise<Response> {
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
  return fetch(`${server}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
