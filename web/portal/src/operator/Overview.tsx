// SPDX-License-Identifier: Apache-2.0

import { formatNumber, Loading } from "@convoke/ui";
import { Link } from "wouter";
import {
  type Allowance,
  api,
  type Overview as OverviewData,
  type SeatMode,
  type Status,
  statuses,
} from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { useLoad } from "../useLoad";
import { CapabilityCard } from "./CapabilityCard";
import { statusNames } from "./names";
import "./overview.css";

/** What the account may do, and how much of it is in use. */
export function Overview() {
  const { data, problem, reload } = useLoad(api.overview);
  return (
    <>
      <PageHead title="Overview">
        {data ? `${data.account.name} · account ${data.account.id}` : undefined}
      </PageHead>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading the overview" />}
      {data && <Contents overview={data} />}
    </>
  );
}

function Contents({ overview }: { overview: OverviewData }) {
  return (
    <div className="overview">
      <section aria-label="Numbers" className="figures">
        <Figure name={seatNames[overview.seats.mode]} allowance={overview.seats.licensed} />
        {overview.seats.basic.total !== null && (
          <Figure name="Basic users" allowance={overview.seats.basic} />
        )}
        {statuses.map((status) => (
          <UserCount key={status} status={status} count={overview.users[status]} />
        ))}
      </section>
      <section aria-labelledby="actions">
        <h2 id="actions">Ways to create a user</h2>
        <p className="overview__intro">
          An app may use each of these as soon as the account has what it needs.
        </p>
        <div className="capabilities">
          {overview.capabilities.actions.map((capability) => (
            <CapabilityCard key={capability.action} capability={capability} />
          ))}
        </div>
      </section>
    </div>
  );
}

const seatNames: Record<SeatMode, string> = {
  assigned: "Licensed seats in use",
  pool: "Licensed seats leased by meetings",
};

function Figure({ name, allowance }: { name: string; allowance: Allowance }) {
  const { total, used, free } = allowance;
  return (
    <div className="card figure">
      <span className="figure__name">{name}</span>
      <span className="figure__value">{formatNumber(used)}</span>
      <span className="figure__note">
        {total === null ? "No limit" : `of ${formatNumber(total)}, ${formatNumber(free ?? 0)} free`}
      </span>
    </div>
  );
}

function UserCount({ status, count }: { status: Status; count: number }) {
  return (
    <Link href={`/portal/users?status=${status}`} className="card figure figure--link">
      <span className="figure__name">{statusNames[status]} users</span>
      <span className="figure__value">{formatNumber(count)}</span>
      <span className="figure__note">Show them</span>
    </Link>
  );
}
