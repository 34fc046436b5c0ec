// SPDX-License-Identifier: Apache-2.0

import { Button, Dialog } from "@convoke/ui";
import { type ReactNode, useState } from "react";
import { useAct } from "../useAct";

interface AskButtonProps {
  /** What the button does, on it and on the dialog's second button. */
  label: string;
  /** What it does it to, for who does not see where the button stands. */
  about: string;
  question: string;
  /** The button that does nothing. */
  keep: string;
  /** Is called once the question was answered. What it refuses is said in a toast. */
  act: () => Promise<void>;
  testId: string;
  /** What follows from it, in a sentence or two. */
  children: ReactNode;
}

/** A button for an act that takes something away: it asks before. */
export function AskButton({ label, about, question, keep, act, testId, children }: AskButtonProps) {
  const [asking, setAsking] = useState(false);
  const [busy, run] = useAct();
  const confirm = () =>
    run(async () => {
      await act();
      setAsking(false);
    });
  return (
    <>
      <Button
        size="sm"
        aria-label={`${label} ${about}`}
        onClick={() => setAsking(true)}
        data-testid={testId}
      >
        {label}
      </Button>
      {asking && (
        <Dialog
          title={question}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{keep}</Button>
              <Button
                variant="danger"
                busy={busy}
                onClick={confirm}
                data-testid={`${testId}-confirm`}
              >
                {label}
              </Button>
            </>
          }
        >
          <p>{children}</p>
        </Dialog>
      )}
    </>
  );
}
