// SPDX-License-Identifier: Apache-2.0

import { EmptyState, Loading } from "@convoke/ui";
import { Globe } from "lucide-react";
import { useCallback, useState } from "react";
import { api, type Domain } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { useLoad } from "../useLoad";
import { AddDomain } from "./AddDomain";
import { DomainCard } from "./DomainCard";
import "./entry.css";
import "./domains.css";

/** The account's e-mail domains: how each stands, and how to prove it. */
export function Domains() {
  const { data, problem, reload } = useLoad(api.domains);
  return (
    <>
      <PageHead title="Domains">
        E-mail domains that are this account’s own. Apps may create users of a verified one with
        “autoCreate”, and its people come in by single sign-on without a mail that asks them to
        confirm.
      </PageHead>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading the domains" />}
      {data && <DomainList initial={data.domains} />}
    </>
  );
}

function DomainList({ initial }: { initial: Domain[] }) {
  const [domains, setDomains] = useState(initial);

  const put = useCallback((domain: Domain) => {
    setDomains((now) =>
      [...now.filter((one) => one.domain !== domain.domain), domain].sort((a, b) =>
        a.domain < b.domain ? -1 : 1,
      ),
    );
  }, []);
  const drop = useCallback((name: string) => {
    setDomains((now) => now.filter((one) => one.domain !== name));
  }, []);

  return (
    <div className="entries">
      <AddDomain onAdded={put} />
      {domains.length === 0 && (
        <div className="card card--list">
          <EmptyState icon={<Globe size={22} aria-hidden="true" />} title="No domains yet">
            Add the domain of your company’s addresses, then put up one of three proofs.
          </EmptyState>
        </div>
      )}
      {domains.map((domain) => (
        <DomainCard key={domain.domain} domain={domain} onChanged={put} onRemoved={drop} />
      ))}
    </div>
  );
}
