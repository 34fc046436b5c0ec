// SPDX-License-Identifier: Apache-2.0

import { useSay } from "@convoke/ui";
import { type AppName, api, type Webhook } from "../api";
import { WebhookForm } from "./WebhookForm";

interface AddWebhookProps {
  apps: AppName[];
  onAdded: (webhook: Webhook) => void;
}

/** Has an app's events delivered to an address, which is challenged at once. */
export function AddWebhook({ apps, onAdded }: AddWebhookProps) {
  const say = useSay();
  return (
    <div className="card">
      <WebhookForm
        name="Add a webhook"
        apps={apps}
        submitLabel="Add webhook"
        send={async (draft, app) => {
          const webhook = await api.addWebhook(app, draft);
          say(
            webhook.state === "active"
              ? "The receiver answered the challenge. Events are delivered from now on."
              : "The webhook is in the list, but its receiver did not answer the challenge.",
          );
          onAdded(webhook);
        }}
      />
    </div>
  );
}
