// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import type { DomainProofs } from "../api";
import { CopyButton } from "../person/CopyButton";
import { proofNames } from "./names";

/** The three proofs to choose from, each ready to be copied. */
export function ProofList({ proofs }: { proofs: DomainProofs }) {
  const { dns_txt: record, html_file: file, meta_tag: meta } = proofs;
  return (
    <ol className="proofs">
      <Proof method="dns_txt" text={record.value} copy="Copy record">
        A TXT record of <code>{record.name}</code>
      </Proof>
      <Proof method="html_file" text={file.content} copy="Copy file content">
        A file at <code>{file.path}</code> of the web site, with this line
      </Proof>
      <Proof method="meta_tag" text={meta.tag} copy="Copy tag">
        A tag in the head of <code>{meta.url}</code>
      </Proof>
    </ol>
  );
}

interface ProofProps {
  method: keyof DomainProofs;
  text: string;
  copy: string;
  children: ReactNode;
}

function Proof({ method, text, copy, children }: ProofProps) {
  return (
    <li data-testid="proof" data-method={method}>
      <strong>{proofNames[method]}</strong>
      <p>{children}</p>
      <div className="proofs__text">
        <code>{text}</code>
        <CopyButton text={text} label={copy} done="Copied." testId={`copy-${method}`} />
      </div>
    </li>
  );
}
