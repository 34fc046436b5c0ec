// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, type Problem } from "@convoke/ui";

/** Stands in for a part of a page that could not be loaded. */
export function LoadFailed({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  return (
    <Banner
      tone="danger"
      title={problem.title}
      action={
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {problem.detail}
    </Banner>
  );
}
