// SPDX-License-Identifier: Apache-2.0

import { Unlink } from "lucide-react";
import type { ReactNode } from "react";
import { EmptyState } from "./EmptyState";
import { Page } from "./Page";
import type { Problem } from "./request";

/** Titles for the refusals a person can meet on opening a link; `detail` says the rest. */
const titles: Record<string, string> = {
  wrong_passcode: "The passcode is not right",
  meeting_not_found: "There is no such meeting",
  meeting_ended: "This meeting has ended",
  invalid_host_token: "This start link is not valid",
  host_token_expired: "This start link has expired",
  ticket_used: "This link has been used",
  ticket_expired: "This link has expired",
  removed_from_meeting: "You were removed from this meeting",
  invitation_not_found: "There is no such invitation",
  invitation_used: "This invitation has been used",
  invitation_revoked: "This invitation was replaced",
  invitation_expired: "This invitation has expired",
  token_invalid: "This sign-in link is not valid",
  network: "The server cannot be reached",
};

/** A page that is nothing but a refusal: what happened, and what to do about it. */
export function ErrorPage({ problem, action }: { problem: Problem; action?: ReactNode }) {
  return (
    <Page data-testid="error-page" data-code={problem.code}>
      <EmptyState
        icon={<Unlink size={24} aria-hidden="true" />}
        level={1}
        title={titles[problem.code] ?? problem.title}
        action={action}
      >
        {problem.detail}
      </EmptyState>
    </Page>
  );
}
