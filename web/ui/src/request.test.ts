// SPDX-License-Identifier: Apache-2.0

import { afterEach, expect, test, vi } from "vitest";
import { problemOf, RequestError, request } from "./request";

afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: string | null, type = "application/problem+json") {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => {
    return new Response(body, { status, headers: { "Content-Type": type } });
  });
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

async function refusal(): Promise<RequestError> {
  try {
    await request("/x");
  } catch (error) {
    if (error instanceof RequestError) return error;
  }
  throw new Error("the request was not refused");
}

test("a problem document arrives with its code, sentence and field", async () => {
  answer(
    400,
    '{"status":400,"code":"invalid_name","title":"t","detail":"Too long.","field":"name"}',
  );
  const { problem, message } = await refusal();
  expect(problem).toEqual({
    status: 400,
    code: "invalid_name",
    title: "t",
    detail: "Too long.",
    field: "name",
  });
  expect(message).toBe("Too long.");
});

test("an error page of a proxy becomes a problem that can be shown", async () => {
  answer(502, "<html>Bad gateway</html>", "text/html");
  const { problem } = await refusal();
  expect(problem.status).toBe(502);
  expect(problem.code).toBe("internal");
  expect(problem.detail).not.toContain("<html>");
});

test("a server out of reach is the problem 'network'", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect((await refusal()).problem).toMatchObject({ status: 0, code: "network" });
});

test("an abort by the caller is no problem of the network", async () => {
  const stop = new AbortController();
  stop.abort();
  vi.stubGlobal("fetch", () => Promise.reject(stop.signal.reason));
  await expect(request("/x", { signal: stop.signal })).rejects.toBe(stop.signal.reason);
});

test("an answer without a body is undefined", async () => {
  answer(204, null);
  expect(await request("/x", { method: "DELETE" })).toBeUndefined();
});

test("a call that changes something says that it carries JSON, and for whom", async () => {
  const fetched = answer(200, "{}", "application/json");
  await request("/x", { method: "POST", body: { a: 1 }, bearer: "secret" });
  const init = fetched.mock.calls[0]?.[1];
  expect(init?.body).toBe('{"a":1}');
  expect(init?.headers).toMatchObject({
    "Content-Type": "application/json",
    Authorization: "Bearer secret",
  });
});

test("anything else that was thrown keeps its text to itself", () => {
  expect(problemOf(new Error("token abc")).detail).not.toContain("abc");
});
