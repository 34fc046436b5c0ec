// SPDX-License-Identifier: Apache-2.0

import { Button } from "@convoke/ui";
import { Copy } from "lucide-react";
import type { Call } from "../call/useCall";
import { useCopyInvite } from "./useCopyInvite";

/** What the first one in sees: that it works, and how to bring in the others. */
export function Alone({ call }: { call: Call }) {
  const copyInvite = useCopyInvite(call.session);
  return (
    <div className="alone">
      <p>You are the only one here.</p>
      <Button size="sm" variant="primary" onClick={copyInvite}>
        <Copy size={16} aria-hidden="true" />
        Copy the invitation
      </Button>
    </div>
  );
}
