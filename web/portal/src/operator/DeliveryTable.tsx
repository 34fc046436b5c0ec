// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Cell, Moment, Table, type Tone, useSay } from "@convoke/ui";
import { useCallback } from "react";
import { api, type Delivery, type DeliveryState } from "../api";
import { PagedList } from "../shell/PagedList";
import { useAct } from "../useAct";
import { usePages } from "../usePages";

const states: Record<DeliveryState, { word: string; tone: Tone }> = {
  retrying: { word: "Tried again", tone: "warn" },
  waiting: { word: "Waits for an earlier one", tone: "info" },
  dead: { word: "Dead letter", tone: "danger" },
};

/** What a receiver did not take; dead letters can be replayed. */
export function DeliveryTable({ webhook }: { webhook: string }) {
  const load = useCallback(
    async (token: string) => {
      const page = await api.deliveries(webhook, token);
      return { items: page.deliveries, next: page.next_page_token };
    },
    [webhook],
  );
  const list = usePages(load);
  const [busy, run] = useAct();
  const say = useSay();
  const replay = (event?: number) =>
    run(async () => {
      const { replayed } = await api.replayWebhook(webhook, event);
      say(
        replayed === 1
          ? "One event is delivered again."
          : `${replayed} events are delivered again.`,
      );
      list.reload();
    });
  return (
    <PagedList
      list={list}
      loading="Loading what was not delivered"
      empty={<p>Everything was delivered.</p>}
    >
      {(deliveries) => (
        <>
          {deliveries.some((one) => one.state === "dead") && (
            <Button size="sm" busy={busy} onClick={() => replay()} data-testid="replay-all">
              Replay all dead letters
            </Button>
          )}
          <Table caption="Events that were not delivered" heads={["Event", "State", "Why", ""]}>
            {deliveries.map((one) => (
              <DeliveryRow key={one.event_id} delivery={one} busy={busy} onReplay={replay} />
            ))}
          </Table>
        </>
      )}
    </PagedList>
  );
}

interface DeliveryRowProps {
  delivery: Delivery;
  busy: boolean;
  onReplay: (event: number) => void;
}

function DeliveryRow({ delivery, busy, onReplay }: DeliveryRowProps) {
  const { word, tone } = states[delivery.state];
  const { event_id: id, next_at: next } = delivery;
  return (
    <tr data-testid="delivery" data-state={delivery.state}>
      <Cell head="Event">
        {delivery.event} <span className="quiet">{id}</span>
      </Cell>
      <Cell head="State">
        <Badge tone={tone}>{word}</Badge> {next && <Moment at={next} />}
      </Cell>
      <Cell head="Why">{delivery.error || "–"}</Cell>
      <Cell>
        {delivery.state === "dead" && (
          <Button
            size="sm"
            busy={busy}
            onClick={() => onReplay(id)}
            aria-label={`Replay event ${id}`}
            data-testid="replay"
          >
            Replay
          </Button>
        )}
      </Cell>
    </tr>
  );
}
