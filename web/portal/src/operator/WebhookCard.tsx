// SPDX-License-Identifier: Apache-2.0

import { Badge, Banner, formatMoment, type Tone } from "@convoke/ui";
import { useId, useState } from "react";
import type { AppName, Webhook, WebhookState } from "../api";
import { AttemptTable } from "./AttemptTable";
import { DeliveryTable } from "./DeliveryTable";
import { EditWebhook } from "./EditWebhook";
import { WebhookActions } from "./WebhookActions";

interface WebhookCardProps {
  webhook: Webhook;
  /** Undefined when it was revoked. */
  app: AppName | undefined;
  onChanged: (webhook: Webhook) => void;
  onRemoved: (id: string) => void;
}

const states: Record<WebhookState, { word: string; tone: Tone }> = {
  active: { word: "Active", tone: "good" },
  pending: { word: "Not validated", tone: "info" },
  failing: { word: "Failing: events are held back", tone: "danger" },
  disabled: { word: "Switched off", tone: "warn" },
};

/** One webhook: how it stands, what was not taken, and the latest attempts. */
export function WebhookCard({ webhook, app, onChanged, onRemoved }: WebhookCardProps) {
  const [editing, setEditing] = useState(false);
  const heading = useId();
  const { word, tone } = states[webhook.state];
  return (
    <section
      className="card entry webhook"
      aria-labelledby={heading}
      data-testid="webhook"
      data-state={webhook.state}
    >
      <div className="entry__head">
        <div>
          <h2 id={heading}>{webhook.url}</h2>
          <p>
            <Badge tone={tone}>{word}</Badge>
            {[
              app?.name ?? "A revoked app",
              eventsInWords(webhook.events),
              webhook.next_check_at && `Next challenge: ${formatMoment(webhook.next_check_at)}`,
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        {!editing && (
          <WebhookActions
            webhook={webhook}
            onEdit={app && (() => setEditing(true))}
            onChanged={onChanged}
            onRemoved={onRemoved}
          />
        )}
      </div>
      {webhook.failure && (
        <Banner tone={webhook.state === "failing" ? "danger" : "warn"}>{webhook.failure}</Banner>
      )}
      {editing && app ? (
        <EditWebhook
          webhook={webhook}
          app={app}
          onChanged={onChanged}
          onClose={() => setEditing(false)}
        />
      ) : (
        <Chosen events={webhook.events} />
      )}
      <Part title="Not delivered" testId="webhook-deliveries">
        <DeliveryTable webhook={webhook.id} />
      </Part>
      <Part title="Latest attempts" testId="webhook-attempts">
        <AttemptTable webhook={webhook.id} />
      </Part>
    </section>
  );
}

/** How many events are named in the card's head. */
const eventsNamed = 3;

function eventsInWords(events: string[]): string {
  if (events.length === 0) return "All events";
  return events.length > eventsNamed ? `${events.length} events` : events.join(", ");
}

/** The names that the head only counts. */
function Chosen({ events }: { events: string[] }) {
  if (events.length <= eventsNamed) return null;
  return (
    <details>
      <summary data-testid="webhook-events">Events</summary>
      <p className="quiet">{events.join(", ")}</p>
    </details>
  );
}

interface PartProps {
  title: string;
  testId: string;
  children: React.ReactNode;
}

/** A part that loads when it is opened, and anew each time. */
function Part({ title, testId, children }: PartProps) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-testid={testId}>{title}</summary>
      {open && children}
    </details>
  );
}
