// SPDX-License-Identifier: Apache-2.0

import { Button, copyText, useSay } from "@convoke/ui";
import { Copy } from "lucide-react";

interface CopyButtonProps {
  text: string;
  /** What to say when it worked. */
  done: string;
  label?: string;
  testId?: string;
}

/** Copies a text and says so. */
export function CopyButton({ text, done, label = "Copy link", testId }: CopyButtonProps) {
  const say = useSay();
  async function copy() {
    if (await copyText(text)) say(done);
    else say("Your browser did not allow copying.", "danger");
  }
  return (
    <Button size="sm" onClick={copy} data-testid={testId}>
      <Copy size={16} aria-hidden="true" />
      {label}
    </Button>
  );
}
