// SPDX-License-Identifier: Apache-2.0

import { Button, Dialog, problemOf, useSay } from "@convoke/ui";
import { CircleStop } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import type { SessionApi } from "../api";

/** How long the end can be called off, in seconds. */
const grace = 5;

/** Ends the meeting for everyone, after a moment in which that can be called off. */
export function EndForAll({ api }: { api: SessionApi }) {
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  return (
    <>
      <button
        type="button"
        className="leave leave--all"
        data-testid="end-for-all"
        title="End the meeting for all"
        onClick={() => setAsking(true)}
      >
        <CircleStop size={20} aria-hidden="true" />
        <span>End for all</span>
      </button>
      {asking && <Question api={api} onClose={close} />}
    </>
  );
}

function Question({ api, onClose }: { api: SessionApi; onClose: () => void }) {
  const say = useSay();
  const [left, setLeft] = useState(grace);
  const [ending, setEnding] = useState(false);
  const end = useCallback(async () => {
    setEnding(true);
    try {
      // The media server tells everyone, this page among them, that the room is gone.
      await api.endForAll();
    } catch (error) {
      say(problemOf(error).detail, "danger");
      onClose();
    }
  }, [api, say, onClose]);
  useEffect(() => {
    if (ending) return;
    const next = setTimeout(() => (left > 1 ? setLeft(left - 1) : void end()), 1000);
    return () => clearTimeout(next);
  }, [left, ending, end]);
  return (
    <Dialog
      title="Ending the meeting for everyone"
      urgent
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={ending} data-testid="end-confirm" onClick={end}>
            End now
          </Button>
        </>
      }
    >
      <p>
        Everybody is disconnected in {left} {left === 1 ? "second" : "seconds"}. To let the meeting
        go on without you, cancel and leave instead.
      </p>
    </Dialog>
  );
}
