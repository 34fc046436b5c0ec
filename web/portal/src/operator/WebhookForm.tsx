// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Field, Select } from "@convoke/ui";
import { type FormEvent, type ReactNode, useState } from "react";
import type { AppName, WebhookDraft } from "../api";
import { useSubmit } from "../useSubmit";
import { EventPicker } from "./EventPicker";

interface WebhookFormProps {
  name: string;
  /** Whose webhook it can be; the first is offered at the start. */
  apps: AppName[];
  /** What the form begins with. */
  url?: string;
  events?: string[];
  submitLabel: string;
  /** Further buttons. */
  actions?: ReactNode;
  /** Keeps the webhook; what it is refused for is shown in the form. */
  send: (draft: WebhookDraft, app: string) => Promise<void>;
}

/** The address of a webhook and the events it hears of. An empty list of events means all. */
export function WebhookForm({
  name,
  apps,
  url,
  events = [],
  submitLabel,
  actions,
  send,
}: WebhookFormProps) {
  const [app, setApp] = useState(apps[0]);
  const start = events.length > 0 ? events : undefined;
  const [chosen, setChosen] = useState(start);
  const [unchosen, setUnchosen] = useState(false); // at the last attempt to send
  const { busy, problem, errorAt, submit } = useSubmit(async (values) => {
    await send({ url: String(values.get("url")), events: chosen ?? [] }, String(app?.client_id));
    setChosen(start);
  });
  const none = chosen?.length === 0; // which the server would take for all
  const submitChosen = (event: FormEvent<HTMLFormElement>) => {
    setUnchosen(none);
    if (none) event.preventDefault();
    else void submit(event);
  };
  const elsewhere = problem && problem.field !== "url" && problem.field !== "events";
  return (
    <form className="webhook-form" onSubmit={submitChosen} aria-label={name}>
      {elsewhere && <Banner tone="danger">{problem.detail}</Banner>}
      <div className="webhook-form__where">
        <Select
          label="App"
          required
          value={app?.client_id ?? ""}
          disabled={apps.length < 2}
          onChange={(event) => setApp(apps.find((one) => one.client_id === event.target.value))}
          data-testid="webhook-app"
        >
          {apps.map((one) => (
            <option key={one.client_id} value={one.client_id}>
              {one.name}
            </option>
          ))}
        </Select>
        <Field
          label="Address"
          name="url"
          type="url"
          defaultValue={url}
          autoFocus={url !== undefined}
          placeholder="https://example.com/webhooks"
          autoComplete="off"
          maxLength={1024}
          required
          data-testid="webhook-url"
          hint="It must answer the challenge with the app’s webhook secret."
          error={errorAt("url")}
        />
      </div>
      <EventPicker
        offered={app?.events ?? []}
        chosen={chosen}
        onChange={setChosen}
        error={unchosen && none ? "Choose at least one event, or all events." : errorAt("events")}
      />
      <div className="webhook-form__acts">
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabled={apps.length === 0}
          data-testid="webhook-save"
        >
          {submitLabel}
        </Button>
        {actions}
      </div>
    </form>
  );
}
