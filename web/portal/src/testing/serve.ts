// SPDX-License-Identifier: Apache-2.0

import { vi } from "vitest";

export interface Answer {
  status: number;
  body?: unknown;
}

export interface Call {
  route: string;
  body: unknown;
}

/** A refusal as the server words it. */
export function problem(status: number, code: string, detail = "No."): Answer {
  return { status, body: { status, code, title: code, detail } };
}

/**
 * Stands in for the server in a test: one answer for each "METHOD /path", and a
 * record of the calls. A call that nobody expected fails like a missing server.
 */
export function serve(answers: Record<string, Answer>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const route = `${init.method} ${path}`;
    calls.push({ route, body: parsed(init.body) });
    const answer = answers[route];
    if (!answer) throw new TypeError(`no answer for ${route}`);
    const body = answer.body === undefined ? null : JSON.stringify(answer.body);
    return new Response(body, { status: answer.status });
  });
  return calls;
}

/** A JSON body as a value; a file as it is. */
function parsed(body: BodyInit | null | undefined): unknown {
  return typeof body === "string" ? JSON.parse(body) : body;
}
