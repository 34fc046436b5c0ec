// SPDX-License-Identifier: Apache-2.0

import { Badge, Banner, Button, formatMoment, type Tone, useSay } from "@convoke/ui";
import { useId, useState } from "react";
import { api, type Domain, type DomainState, type Finding } from "../api";
import { useAct } from "../useAct";
import { FindingList } from "./FindingList";
import { ForceSSO } from "./ForceSSO";
import { ProofList } from "./ProofList";
import { RemoveDomain } from "./RemoveDomain";

interface DomainCardProps {
  domain: Domain;
  onChanged: (domain: Domain) => void;
  onRemoved: (name: string) => void;
}

const states: Record<DomainState, { word: string; tone: Tone }> = {
  unverified: { word: "Not verified", tone: "info" },
  verified: { word: "Verified", tone: "good" },
  lapsing: { word: "About to lapse", tone: "warn" },
  lapsed: { word: "Lapsed", tone: "danger" },
};

/** One domain: how it stands, its proofs, and what the last look found. */
export function DomainCard({ domain, onChanged, onRemoved }: DomainCardProps) {
  const [findings, setFindings] = useState<Finding[]>();
  const heading = useId();
  const settled = domain.state === "verified";
  return (
    <section
      className="card domain"
      aria-labelledby={heading}
      data-testid="domain"
      data-domain={domain.domain}
      data-state={domain.state}
    >
      <div className="domain__head">
        <div>
          <h2 id={heading}>{domain.domain}</h2>
          <p>
            <Standing domain={domain} />
          </p>
        </div>
        <div className="domain__actions">
          {!domain.trusted && (
            <Verify domain={domain} onChanged={onChanged} onFound={setFindings} />
          )}
          <RemoveDomain domain={domain.domain} onRemoved={onRemoved} />
        </div>
      </div>
      {domain.warning && (
        <Banner tone={domain.state === "lapsed" ? "danger" : "warn"}>{domain.warning}</Banner>
      )}
      {findings && <FindingList findings={findings} />}
      {!domain.trusted && (
        <details className="domain__proofs" open={!settled}>
          <summary>{settled ? "Proofs, of which one must stay" : "Put up one of these"}</summary>
          <ProofList proofs={domain.proofs} />
        </details>
      )}
      <Exclusive domain={domain} onChanged={onChanged} />
      <ForceSSO domain={domain} onChanged={onChanged} />
    </section>
  );
}

function Standing({ domain }: { domain: Domain }) {
  const { word, tone } = states[domain.state];
  const parts: string[] = [];
  if (domain.verified_at) parts.push(`Since: ${formatMoment(domain.verified_at)}`);
  if (domain.next_check_at) parts.push(`Next check: ${formatMoment(domain.next_check_at)}`);
  return (
    <>
      <Badge tone={tone}>{domain.trusted ? "Trusted" : word}</Badge>
      {parts.join(" · ")}
    </>
  );
}

interface VerifyProps {
  domain: Domain;
  onChanged: (domain: Domain) => void;
  onFound: (findings: Finding[]) => void;
}

function Verify({ domain, onChanged, onFound }: VerifyProps) {
  const [busy, run] = useAct();
  const say = useSay();
  const verify = () =>
    run(async () => {
      const outcome = await api.verifyDomain(domain.domain);
      onFound(outcome.findings);
      onChanged(outcome.domain);
      const found = outcome.findings.some((finding) => finding.found);
      say(found ? `${domain.domain} is proved.` : `No proof of ${domain.domain} was found.`);
    });
  return (
    <Button
      size="sm"
      variant={domain.state === "verified" ? "secondary" : "primary"}
      busy={busy}
      onClick={verify}
      data-testid="domain-verify"
    >
      {domain.state === "verified" ? "Check now" : "Verify"}
    </Button>
  );
}

function Exclusive({ domain, onChanged }: Omit<DomainCardProps, "onRemoved">) {
  const [busy, run] = useAct();
  const id = useId();
  const toggle = () =>
    run(async () =>
      onChanged(await api.setDomain(domain.domain, { exclusive: !domain.exclusive })),
    );
  return (
    <div className="domain__switch">
      <input
        id={id}
        type="checkbox"
        checked={domain.exclusive}
        disabled={busy}
        onChange={toggle}
        data-testid="domain-exclusive"
      />
      <label htmlFor={id}>Other accounts of this server cannot invite its addresses</label>
    </div>
  );
}
