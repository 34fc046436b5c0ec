// SPDX-License-Identifier: Apache-2.0

import { Badge, Banner, Button, Dialog, formatMoment, type Tone, useSay } from "@convoke/ui";
import { useId, useState } from "react";
import { api, type Webhook, type WebhookState } from "../api";
import { useAct } from "../useAct";
import { AttemptTable } from "./AttemptTable";
import { DeliveryTable } from "./DeliveryTable";

interface WebhookCardProps {
  webhook: Webhook;
  /** The name of the app; undefined when it was revoked. */
  app: string | undefined;
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
              app ?? "A revoked app",
              webhook.events.length > 0 ? webhook.events.join(", ") : "All events",
              webhook.next_check_at && `Next challenge: ${formatMoment(webhook.next_check_at)}`,
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <Actions webhook={webhook} onChanged={onChanged} onRemoved={onRemoved} />
      </div>
      {webhook.failure && (
        <Banner tone={webhook.state === "failing" ? "danger" : "warn"}>{webhook.failure}</Banner>
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

interface PartProps {
  title: string;
  testId: string;
  children: React.ReactNode;
}

/** A part that loads when it is opened, and anew each time. */
function Part({ title, testId, children }: PartProps) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} data-testid={testId}>
      <summary>{title}</summary>
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
  const toggle = () => run(async () => onChanged(await api.setWebhook(webhook.id, off)));
  return (
    <div className="entry__actions">
      {!off && (
        <Button size="sm" busy={busy} onClick={validate} data-testid="webhook-validate">
          Challenge now
        </Button>
      )}
      <Button size="sm" busy={busy} onClick={toggle} data-testid="webhook-toggle">
        {off ? "Switch on" : "Switch off"}
      </Button>
      <Remove webhook={webhook} onRemoved={onRemoved} />
    </div>
  );
}

function Remove({ webhook, onRemoved }: Pick<WebhookCardProps, "webhook" | "onRemoved">) {
  const [asking, setAsking] = useState(false);
  const [busy, run] = useAct();
  const say = useSay();
  const remove = () =>
    run(async () => {
      await api.removeWebhook(webhook.id);
      say("The webhook was removed.");
      onRemoved(webhook.id);
    });
  return (
    <>
      <Button
        size="sm"
        aria-label={`Remove ${webhook.url}`}
        onClick={() => setAsking(true)}
        data-testid="webhook-remove"
      >
        Remove
      </Button>
      {asking && (
        <Dialog
          title="Remove this webhook?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button
                variant="danger"
                busy={busy}
                onClick={remove}
                data-testid="webhook-remove-confirm"
              >
                Remove
              </Button>
            </>
          }
        >
          <p>Its dead letters and its log of attempts go with it.</p>
        </Dialog>
      )}
    </>
  );
}
