// SPDX-License-Identifier: Apache-2.0

import { Banner } from "@convoke/ui";
import type { Fault, Faults } from "../call/capture";

/** Says why a device gives nothing and what can be done, and that joining works all the same. */
export function FaultNotice({ faults }: { faults: Faults }) {
  const kinds = [faults.microphone && "microphone", faults.camera && "camera"].filter(Boolean);
  const fault = faults.microphone ?? faults.camera;
  if (!fault) return null;
  return (
    <Banner
      tone="warn"
      title={describeFault(fault, kinds.join(fault === "missing" ? " or " : " and "))}
    >
      {advice[fault]} You can join without {kinds.length > 1 ? "them" : "it"}.
    </Banner>
  );
}

export function describeFault(fault: Fault, device: string): string {
  switch (fault) {
    case "blocked":
      return `Your browser blocks the ${device}`;
    case "missing":
      return `No ${device} was found`;
    case "busy":
      return `The ${device} cannot be opened`;
    case "insecure":
      return `The ${device} needs a secure page`;
    case "failed":
      return `The ${device} did not start`;
  }
}

const advice: Record<Fault, string> = {
  blocked: "Allow it in the address bar of the browser, then switch it on here.",
  missing: "Connect one and switch it on here.",
  busy: "Another program may be using it. Close that program and try again.",
  insecure: "Browsers open devices only on https addresses.",
  failed: "Try again, or choose another device.",
};
