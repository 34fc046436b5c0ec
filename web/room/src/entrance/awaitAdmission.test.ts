// SPDX-License-Identifier: Apache-2.0

import { type Problem, RequestError } from "@convoke/ui";
import { expect, test, vi } from "vitest";
import type { Session } from "../api";
import { awaitAdmission } from "./awaitAdmission";

function session(state: Session["state"], reason?: Session["reason"]): Session {
  return {
    participant_id: "p1",
    name: "Jonas",
    role: "attendee",
    state,
    ...(reason ? { reason } : {}),
    meeting: { id: "93123456789", topic: "", join_url: "", passcode: "" },
  };
}

function refused(status: number): RequestError {
  const problem: Problem = { status, code: "x", title: "x", detail: "x" };
  return new RequestError(problem);
}

/** A server that answers the polls one after another. */
function server(...answers: (Session | Error)[]) {
  return {
    poll: vi.fn(async () => {
      const next = answers.shift();
      if (next === undefined || next instanceof Error) throw next ?? new Error("asked too often");
      return next;
    }),
  };
}

const never = new AbortController().signal;
const atOnce = () => Promise.resolve();

test("tells every change of the reason, and stops when the wait is over", async () => {
  const news: string[] = [];
  const api = server(
    session("waiting", "host_not_started"),
    session("waiting", "waiting_room"),
    session("admitted"),
  );
  await awaitAdmission(api, (s) => news.push(s.reason ?? s.state), never, atOnce);
  expect(news).toEqual(["host_not_started", "waiting_room", "admitted"]);
});

test("asks again after trouble, waiting longer each time", async () => {
  const pauses: number[] = [];
  const api = server(refused(503), refused(0), refused(429), session("admitted"));
  await awaitAdmission(
    api,
    () => undefined,
    never,
    async (pause) => {
      pauses.push(pause);
    },
  );
  expect(pauses).toEqual([1000, 2000, 4000]);
});

test("a session that the server does not know ends the wait", async () => {
  const api = server(refused(401));
  await expect(awaitAdmission(api, () => undefined, never, atOnce)).rejects.toThrow(RequestError);
});

test("nothing is told after the person gave up", async () => {
  const stop = new AbortController();
  const onNews = vi.fn();
  const api = {
    poll: async () => {
      stop.abort();
      return session("admitted");
    },
  };
  await awaitAdmission(api, onNews, stop.signal, atOnce);
  expect(onNews).not.toHaveBeenCalled();
});
