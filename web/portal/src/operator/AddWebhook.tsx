// SPDX-License-Identifier: Apache-2.0

import { Button, Field, type Problem, problemOf, Select, useSay } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { type AppName, api, type Webhook } from "../api";
import { useSession } from "../session";

interface AddWebhookProps {
  apps: AppName[];
  onAdded: (webhook: Webhook) => void;
}

/** Has an app's events delivered to an address, which is challenged at once. */
export function AddWebhook({ apps, onAdded }: AddWebhookProps) {
  const { busy, problem, submit } = useAdd(onAdded);
  return (
    <form className="card add-webhook" onSubmit={submit} aria-label="Add a webhook">
      <Select label="App" name="client_id" required data-testid="webhook-app">
        {apps.map((app) => (
          <option key={app.client_id} value={app.client_id}>
            {app.name}
          </option>
        ))}
      </Select>
      <Field
        label="Address"
        name="url"
        type="url"
        placeholder="https://example.com/webhooks"
        autoComplete="off"
        maxLength={1024}
        required
        data-testid="webhook-url"
        hint="It must answer the challenge with the app’s webhook secret."
        error={problem?.detail}
      />
      <Button
        type="submit"
        variant="primary"
        busy={busy}
        disabled={apps.length === 0}
        data-testid="webhook-add"
      >
        Add webhook
      </Button>
    </form>
  );
}

function useAdd(onAdded: (webhook: Webhook) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();
  const say = useSay();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setBusy(true);
    try {
      const webhook = await api.addWebhook(String(data.get("client_id")), String(data.get("url")));
      setProblem(undefined);
      form.reset();
      say(
        webhook.state === "active"
          ? "The receiver answered the challenge. Events are delivered from now on."
          : "The webhook is in the list, but its receiver did not answer the challenge.",
      );
      onAdded(webhook);
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, submit };
}
