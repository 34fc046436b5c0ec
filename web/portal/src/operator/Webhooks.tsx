// SPDX-License-Identifier: Apache-2.0

import { EmptyState, Loading } from "@convoke/ui";
import { Webhook as Icon } from "lucide-react";
import { useCallback, useState } from "react";
import { type AppName, api, type Webhook } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { useLoad } from "../useLoad";
import { AddWebhook } from "./AddWebhook";
import { WebhookCard } from "./WebhookCard";
import "./entry.css";
import "./webhooks.css";

/** Where apps have the account's events delivered to, and what was not taken. */
export function Webhooks() {
  const { data, problem, reload } = useLoad(api.webhooks);
  return (
    <>
      <PageHead title="Webhooks">
        Addresses that apps have events delivered to. An event that is not taken is tried again for
        three days, and is then a dead letter.
      </PageHead>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading the webhooks" />}
      {data && <WebhookList initial={data.webhooks} apps={data.apps} />}
    </>
  );
}

function WebhookList({ initial, apps }: { initial: Webhook[]; apps: AppName[] }) {
  const [webhooks, setWebhooks] = useState(initial);

  const put = useCallback((webhook: Webhook) => {
    setWebhooks((now) =>
      now.some((one) => one.id === webhook.id)
        ? now.map((one) => (one.id === webhook.id ? webhook : one))
        : [...now, webhook],
    );
  }, []);
  const drop = useCallback((id: string) => {
    setWebhooks((now) => now.filter((one) => one.id !== id));
  }, []);

  return (
    <div className="entries">
      <AddWebhook apps={apps} onAdded={put} />
      {webhooks.length === 0 && (
        <div className="card card--list">
          <EmptyState icon={<Icon size={22} aria-hidden="true" />} title="No webhooks yet">
            Add an address of yours to hear of every change.
          </EmptyState>
        </div>
      )}
      {webhooks.map((webhook) => (
        <WebhookCard
          key={webhook.id}
          webhook={webhook}
          app={apps.find((one) => one.client_id === webhook.client_id)}
          onChanged={put}
          onRemoved={drop}
        />
      ))}
    </div>
  );
}
