// SPDX-License-Identifier: Apache-2.0

import { Cell, Loading, Moment, Table } from "@convoke/ui";
import { useCallback } from "react";
import { api } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { useLoad } from "../useLoad";

/** The latest attempts on a webhook, the latest first. */
export function AttemptTable({ webhook }: { webhook: string }) {
  const load = useCallback(() => api.attempts(webhook), [webhook]);
  const { data, problem, reload } = useLoad(load);
  if (problem) return <LoadFailed problem={problem} onRetry={reload} />;
  if (!data) return <Loading label="Loading the attempts" />;
  if (data.attempts.length === 0) return <p>Nothing was sent yet.</p>;
  return (
    <Table caption="The latest attempts" heads={["When", "Event", "Answer", "Took"]}>
      {data.attempts.map((one) => (
        <tr key={`${one.event_id} ${one.at}`} data-testid="attempt">
          <Cell head="When">
            <Moment at={one.at} />
          </Cell>
          <Cell head="Event">
            {one.event} <span className="quiet">{one.event_id}</span>
          </Cell>
          <Cell head="Answer">
            {one.error || one.status} {one.answer && <code>{one.answer}</code>}
          </Cell>
          <Cell head="Took">{one.duration_ms} ms</Cell>
        </tr>
      ))}
    </Table>
  );
}
