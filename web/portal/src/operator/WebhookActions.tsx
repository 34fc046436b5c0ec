// SPDX-License-Identifier: Apache-2.0

import { Button, useSay } from "@convoke/ui";
import { api, type Webhook } from "../api";
import { useAct } from "../useAct";
import { AskButton } from "./AskButton";

interface WebhookActionsProps {
  webhook: Webhook;
  /** Undefined where the webhook cannot be changed: its app was revoked. */
  onEdit: (() => void) | undefined;
  onChanged: (webhook: Webhook) => void;
  onRemoved: (id: string) => void;
}

/** What the operator can do with one webhook. */
export function WebhookActions({ webhook, onEdit, onChanged, onRemoved }: WebhookActionsProps) {
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
    <div className="entry__actions">
      {onEdit && (
        <Button
          size="sm"
          aria-label={`Change ${webhook.url}`}
          onClick={onEdit}
          data-testid="webhook-edit"
        >
          Change
        </Button>
      )}
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

function Remove({ webhook, onRemoved }: Pick<WebhookActionsProps, "webhook" | "onRemoved">) {
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
