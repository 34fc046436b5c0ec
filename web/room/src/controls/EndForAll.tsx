// SPDX-License-Identifier: Apache-2.0

import { Button, Dialog, problemOf, useSay } from "@convoke/ui";
import { CircleStop } from "lucide-react";
import { useState } from "react";
import type { SessionApi } from "../api";

/** Ends the meeting for everyone, after asking: it cannot be taken back. */
export function EndForAll({ api }: { api: SessionApi }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        className="leave leave--all"
        data-testid="end-for-all"
        title="End for all"
        onClick={() => setAsking(true)}
      >
        <CircleStop size={20} aria-hidden="true" />
        <span>End for all</span>
      </button>
      {asking && <Question api={api} onClose={() => setAsking(false)} />}
    </>
  );
}

function Question({ api, onClose }: { api: SessionApi; onClose: () => void }) {
  const say = useSay();
  const [ending, setEnding] = useState(false);
  async function end() {
    setEnding(true);
    try {
      // The media server tells everyone, this page among them, that the room is gone.
      await api.endForAll();
    } catch (error) {
      say(problemOf(error).detail, "danger");
      onClose();
    }
  }
  return (
    <Dialog
      title="End the meeting for everyone?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={ending} data-testid="end-confirm" onClick={end}>
            End for all
          </Button>
        </>
      }
    >
      <p>Everybody is disconnected. To let it go on without you, leave instead.</p>
    </Dialog>
  );
}
