// SPDX-License-Identifier: Apache-2.0

import { Button, Field, Select, useSay } from "@convoke/ui";
import { type AppName, api, type Webhook } from "../api";
import { useSubmit } from "../useSubmit";

interface AddWebhookProps {
  apps: AppName[];
  onAdded: (webhook: Webhook) => void;
}

/** Has an app's events delivered to an address, which is challenged at once. */
export function AddWebhook({ apps, onAdded }: AddWebhookProps) {
  const say = useSay();
  const { busy, problem, submit } = useSubmit(async (values) => {
    const webhook = await api.addWebhook(
      String(values.get("client_id")),
      String(values.get("url")),
    );
    say(
      webhook.state === "active"
        ? "The receiver answered the challenge. Events are delivered from now on."
        : "The webhook is in the list, but its receiver did not answer the challenge.",
    );
    onAdded(webhook);
  });
  return (
    <form className="card add-entry add-webhook" onSubmit={submit} aria-label="Add a webhook">
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
