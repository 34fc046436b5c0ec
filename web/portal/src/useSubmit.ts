// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { useSession } from "./session";

/**
 * A form that sends one request: busy meanwhile, emptied when it was taken, and
 * with what was wrong when it was not.
 */
export function useSubmit(send: (values: FormData) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    try {
      await send(new FormData(form));
      setProblem(undefined);
      form.reset();
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }

  /** What is wrong with one of the request's fields. */
  const errorAt = (field: string) => (problem?.field === field ? problem.detail : undefined);
  return { busy, problem, errorAt, submit };
}
