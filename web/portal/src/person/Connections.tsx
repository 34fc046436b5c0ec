// SPDX-License-Identifier: Apache-2.0

import { Button, Moment, useSay } from "@convoke/ui";
import { api, type Connection } from "../api";
import { useAct } from "../useAct";
import { useLoad } from "../useLoad";

/** The apps that the person allowed to act for them; nothing while there are none. */
export function Connections() {
  const { data, reload } = useLoad(api.connections);
  if (!data || data.connections.length === 0) return null;
  return (
    <section className="card personal" aria-labelledby="connections" data-testid="connections">
      <h2 id="connections">Connected apps</h2>
      {data.connections.map((connection) => (
        <Connected key={connection.client_id} connection={connection} onWithdrawn={reload} />
      ))}
    </section>
  );
}

interface ConnectedProps {
  connection: Connection;
  onWithdrawn: () => void;
}

function Connected({ connection, onWithdrawn }: ConnectedProps) {
  const [busy, run] = useAct();
  const say = useSay();
  const withdraw = () =>
    run(async () => {
      await api.withdraw(connection.client_id);
      say(`${connection.app} cannot act for you any more.`);
      onWithdrawn();
    });
  return (
    <div className="connection" data-testid="connection">
      <h3>{connection.app}</h3>
      {connection.since && (
        <p>
          Since: <Moment at={connection.since} />
        </p>
      )}
      <ul>
        {connection.scopes.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <Button
        size="sm"
        busy={busy}
        aria-label={`Withdraw from ${connection.app}`}
        data-testid="connection-withdraw"
        onClick={withdraw}
      >
        Withdraw
      </Button>
    </div>
  );
}
