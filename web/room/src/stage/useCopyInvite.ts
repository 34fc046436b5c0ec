// SPDX-License-Identifier: Apache-2.0

import { copyText, useSay } from "@convoke/ui";
import { useCallback } from "react";
import type { Session } from "../api";

/** Copies the join link and says whether that worked. */
export function useCopyInvite({ meeting }: Pick<Session, "meeting">): () => void {
  const say = useSay();
  return useCallback(() => {
    void copyText(meeting.join_url).then((copied) =>
      copied
        ? say("Join link copied. Send it to the people you want here.")
        : say("Your browser did not allow copying.", "danger"),
    );
  }, [meeting, say]);
}
