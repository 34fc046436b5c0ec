// SPDX-License-Identifier: Apache-2.0

import { Badge, Banner, Button, formatMoment, type Tone, useSay } from "@convoke/ui";
import { useId, useState } from "react";
import { type AppName, api, type Webhook, type WebhookState } from "../api";
import { useAct } from "../useAct";
import { AskButton } from "./AskButton";
import { AttemptTable } from "./AttemptTable";
import { DeliveryTable } from "./DeliveryTable";
import { EditWebhook } from "./EditWebhook";

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
          <div className="entry__actions">
            {app && (
              <Button
                size="sm"
                aria-label={`Change ${webhook.url}`}
                onClick={() => setEditing(true)}
                data-testid="webhook-edit"
              >
                Change
              </Button>
            )}
            <Actions webhook={webhook} onChanged={onChanged} onRemoved={onRemoved} />
          </div>
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

function Actions({ webhook, onChanged, onRemoved }: Omit<WebhookCardProps, "app">) {
  const [busy, run] = useAct();
  const say = useSay();
  const off = webhook.state === "disabled";
  const validate = () =>
    run(async () => {
      const answer = await api.validateWebhook(webhook.id);
      onChanged(answer);
      say(
        answer.failure || "The receiver answered the challenge.",
        answer.failure ? "warn" : "good",
      );
    });
  const toggle = () =>
    run(async () => onChanged(await api.setWebhook(webhook.id, { enabled: off })));
  return (
    <>
      {!off && (
        <Button size="sm" busy={busy} onClick={validate} data-testid="webhook-validate">
          Challenge now
        </Button>
      )}
      <Button size="sm" busy={busy} onClick={toggle} data-testid="webhook-toggle">
        {off ? "Switch on" : "Switch off"}
      </Button>
      <Remove webhook={webhook} onRemoved={onRemoved} />
    </>
  );
}

function Remove({ webhook, onRemoved }: Pick<WebhookCardProps, "webhook" | "onRemoved">) {
  const say = useSay();
  const remove = async () => {
    await api.removeWebhook(webhook.id);
    say("The webhook was removed.");
    onRemoved(webhook.id);
  };
  return (
    <AskButton
      label="Remove"
      about={webhook.url}
      question="Remove this webhook?"
      keep="Keep it"
      act={remove}
      testId="webhook-remove"
    >
      Its dead letters and its log of attempts go with it.
    </AskButton>
  );
}
