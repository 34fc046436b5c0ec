// SPDX-License-Identifier: Apache-2.0

import { Button, problemOf } from "@convoke/ui";
import { useState } from "react";
import { api } from "../api";
import type { ActivationFormProps } from "./form";

/** One button, for a person whose organisation signs them in and who has no password here. */
export function ConfirmForm({ code, onDone, onRefused }: ActivationFormProps) {
  const [busy, setBusy] = useState(false);
  async function confirm() {
    setBusy(true);
    try {
      onDone(await api.activate(code, ""));
    } catch (error) {
      onRefused(problemOf(error));
    }
  }
  return (
    <Button variant="primary" wide busy={busy} data-testid="activate-submit" onClick={confirm}>
      Confirm my account
    </Button>
  );
}
