// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Page } from "@convoke/ui";
import type { ReactNode } from "react";
import type { Asked } from "../api";
import { useAct } from "../useAct";
import "./connect.css";

interface QuestionProps {
  asked: Asked;
  onAnswer: (allow: boolean) => Promise<void>;
  /** What the person should know before they answer. */
  children: ReactNode;
}

/** Names the app and what it wants, and lets the person allow or decline. */
export function Question({ asked, onAnswer, children }: QuestionProps) {
  const [busy, run] = useAct();
  return (
    <Page>
      <div className="connect" data-testid="connect">
        <h1>Allow “{asked.app}” to act for you?</h1>
        <p>
          You are {asked.person}, in {asked.account}. The app would be able to:
        </p>
        <ul data-testid="connect-scopes">
          {asked.scopes.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        <Banner tone="info">{children}</Banner>
        <div className="connect__choice">
          <Button
            variant="primary"
            busy={busy}
            data-testid="connect-allow"
            onClick={() => run(() => onAnswer(true))}
          >
            Allow
          </Button>
          <Button
            busy={busy}
            data-testid="connect-decline"
            onClick={() => run(() => onAnswer(false))}
          >
            Decline
          </Button>
        </div>
      </div>
    </Page>
  );
}
