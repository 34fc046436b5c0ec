// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Field, Page, type Problem, problemOf } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { type Asked, api } from "../api";
import { useSession } from "../session";
import { useTitle } from "../useTitle";
import { Question } from "./Question";

/** Lets the person type the code that an app shows on a device without a browser. */
export function Device() {
  useTitle("Connect a device");
  const [code, setCode] = useState(
    () => new URLSearchParams(window.location.search).get("user_code") ?? "",
  );
  const [asked, setAsked] = useState<Asked>();
  const [answered, setAnswered] = useState<"allowed" | "declined">();
  const { busy, problem, find } = useFind(setAsked);

  async function answer(allow: boolean) {
    await api.answerDevice(code, allow);
    setAnswered(allow ? "allowed" : "declined");
  }
  if (answered) return <Done allowed={answered === "allowed"} />;
  if (asked) {
    return (
      <Question asked={asked} onAnswer={answer}>
        Allow it only if the device with the code {code.toUpperCase()} is before you now. You can
        withdraw this at any time.
      </Question>
    );
  }
  return (
    <Page>
      <form
        className="connect"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void find(code);
        }}
      >
        <h1>Connect a device</h1>
        <Field
          className="connect__code"
          label="Code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          required
          autoFocus
          hint="The eight letters that the device shows."
          data-testid="device-code"
        />
        {problem && <Banner tone="danger">{problem.detail}</Banner>}
        <div>
          <Button variant="primary" type="submit" busy={busy} data-testid="device-find">
            Go on
          </Button>
        </div>
      </form>
    </Page>
  );
}

function Done({ allowed }: { allowed: boolean }) {
  return (
    <Page>
      <div className="connect" data-testid="device-done">
        <h1>{allowed ? "The device is connected" : "The device was declined"}</h1>
        <p>
          {allowed
            ? "It goes on by itself within a few seconds. You can close this page."
            : "It gets nothing from you. You can close this page."}
        </p>
      </div>
    </Page>
  );
}

function useFind(onFound: (asked: Asked) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();

  async function find(code: string) {
    setBusy(true);
    try {
      onFound(await api.askedDevice(code));
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, find };
}
