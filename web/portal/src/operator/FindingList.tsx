// SPDX-License-Identifier: Apache-2.0

import { Badge } from "@convoke/ui";
import type { Finding } from "../api";
import { proofNames } from "./names";

/** What the look for each proof gave: where, what should be there, what was. */
export function FindingList({ findings }: { findings: Finding[] }) {
  return (
    <ul className="findings" aria-label="What was found">
      {findings.map((finding) => (
        <li
          key={finding.method}
          data-testid="finding"
          data-method={finding.method}
          data-found={finding.found}
        >
          <div className="findings__head">
            <strong>{proofNames[finding.method]}</strong>
            <Badge tone={finding.found ? "good" : "warn"}>
              {finding.found ? "Found" : "Not found"}
            </Badge>
            <span>{finding.where}</span>
          </div>
          {!finding.found && <Missing finding={finding} />}
        </li>
      ))}
    </ul>
  );
}

function Missing({ finding }: { finding: Finding }) {
  return (
    <>
      {finding.problem && <p>{finding.problem}</p>}
      <dl>
        <dt>Expected</dt>
        <dd>
          <code>{finding.expected}</code>
        </dd>
        {finding.got.length > 0 && (
          <>
            <dt>There is</dt>
            {finding.got.map((text) => (
              <dd key={text}>
                <code>{text}</code>
              </dd>
            ))}
          </>
        )}
      </dl>
    </>
  );
}
