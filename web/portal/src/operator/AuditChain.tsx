// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, formatNumber } from "@convoke/ui";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { type AuditFault, type AuditReport, api } from "../api";
import { useAct } from "../useAct";

/** Says whether the log is what it was, when it is asked. */
export function AuditChain() {
  const [report, setReport] = useState<AuditReport>();
  const [busy, run] = useAct();
  const verify = () =>
    run(async () => {
      setReport(undefined);
      setReport(await api.verifyAudit());
    });
  return (
    <section className="card audit-chain" aria-labelledby="audit-chain">
      <div className="audit-chain__head">
        <div>
          <h2 id="audit-chain">Chain</h2>
          <p>Every entry is sealed. A check of the seals shows what was changed later.</p>
        </div>
        <Button busy={busy} onClick={verify} data-testid="audit-verify">
          <ShieldCheck size={18} aria-hidden="true" />
          Check now
        </Button>
      </div>
      {report && <Outcome report={report} />}
    </section>
  );
}

function Outcome({ report }: { report: AuditReport }) {
  if (report.fault_count > 0) return <Faults report={report} />;
  return (
    <div data-testid="audit-outcome" data-intact="true">
      <Banner tone="good" title="The chain is whole">
        {formatNumber(report.entries - report.expired)} entries of this server are what they were.{" "}
        {report.unsealed > 0 && `${formatNumber(report.unsealed)} are not sealed yet. `}
        {report.expired > 0 && `${formatNumber(report.expired)} older ones are no longer kept.`}
      </Banner>
      <p className="audit-chain__head-note">
        Its end is <code>{report.head || "not sealed yet"}</code>. Kept elsewhere and given to{" "}
        <code>convoke audit verify --head</code>, it shows whether later the end was cut off.
      </p>
    </div>
  );
}

const faults: Record<AuditFault["fault"], string> = {
  entry_changed: "was changed",
  entry_missing: "was removed",
  entry_added: "was put in later",
  seal_broken: "was changed, or made with another key",
  seal_missing: "was taken out of the chain",
  head_unmatched: "is not what it was",
};

/** How many faults are spelled out; the command line names more. */
const faultsShown = 20;

function Faults({ report }: { report: AuditReport }) {
  return (
    <div data-testid="audit-outcome" data-intact="false">
      <Banner
        tone="danger"
        title={
          report.fault_count === 1
            ? "The log is not what it was"
            : `The log is not what it was, in ${formatNumber(report.fault_count)} places`
        }
      >
        <ul>
          {report.faults.slice(0, faultsShown).map((fault) => (
            <li key={`${fault.fault} ${fault.seal} ${fault.entry}`}>
              {fault.entry ? `Entry ${fault.entry}` : `Seal ${fault.seal}`} {faults[fault.fault]}.
            </li>
          ))}
        </ul>
      </Banner>
    </div>
  );
}
