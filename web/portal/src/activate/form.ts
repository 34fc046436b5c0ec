// SPDX-License-Identifier: Apache-2.0

import type { Problem } from "@convoke/ui";
import type { Activation, Session } from "../api";

/** What both forms need: whose invitation it is, and where its end leads. */
export interface ActivationFormProps {
  code: string;
  activation: Activation;
  onDone: (session: Session | undefined) => void;
  /** The link itself is refused, so the form is of no use any more. */
  onRefused: (problem: Problem) => void;
}
