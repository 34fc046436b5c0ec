// SPDX-License-Identifier: Apache-2.0

import { Button, useSay } from "@convoke/ui";
import { type AppName, api, type Webhook } from "../api";
import { WebhookForm } from "./WebhookForm";

interface EditWebhookProps {
  webhook: Webhook;
  app: AppName;
  onChanged: (webhook: Webhook) => void;
  onClose: () => void;
}

/** Changes where a webhook goes and what it hears of. Another address is challenged at once. */
export function EditWebhook({ webhook, app, onChanged, onClose }: EditWebhookProps) {
  const say = useSay();
  return (
    <WebhookForm
      name={`Change ${webhook.url}`}
      apps={[app]}
      url={webhook.url}
      events={webhook.events}
      submitLabel="Save"
      actions={<Button onClick={onClose}>Cancel</Button>}
      send={async (draft) => {
        const changed = await api.setWebhook(webhook.id, draft);
        say("The webhook is changed.");
        onChanged(changed);
        onClose();
      }}
    />
  );
}
