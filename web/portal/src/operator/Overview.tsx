// SPDX-License-Identifier: Apache-2.0

import { Loading } from "@convoke/ui";
import { Link } from "wouter";
import { api, type Overview as OverviewData, type Status, statuses } from "../api";
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
        <Seats licensed={overview.seats.licensed} />
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

function Seats({ licensed }: { licensed: OverviewData["seats"]["licensed"] }) {
  const { total, used, free } = licensed;
  return (
    <div className="card figure">
      <span className="figure__name">Licensed seats in use</span>
      <span className="figure__value">{used.toLocaleString("en-GB")}</span>
      <span className="figure__note">
        {total === null
          ? "No limit"
          : `of ${total.toLocaleString("en-GB")}, ${(free ?? 0).toLocaleString("en-GB")} free`}
      </span>
    </div>
  );
}

function UserCount({ status, count }: { status: Status; count: number }) {
  return (
    <Link href={`/portal/users?status=${status}`} className="card figure figure--link">
      <span className="figure__name">{statusNames[status]} users</span>
      <span className="figure__value">{count.toLocaleString("en-GB")}</span>
      <span className="figure__note">Show them</span>
    </Link>
  );
}
