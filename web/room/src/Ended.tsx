// SPDX-License-Identifier: Apache-2.0

import { Button, cameFromPortal, EmptyState, Page } from "@convoke/ui";
import { DoorOpen, MonitorSmartphone, UserX, WifiOff } from "lucide-react";
import { useEffect } from "react";
import type { EndReason } from "./call/ending";
import "./ended.css";

const screens: Record<EndReason, { icon: typeof DoorOpen; title: string; text: string }> = {
  left: {
    icon: DoorOpen,
    title: "You left the meeting",
    text: "You can come back while it is running.",
  },
  removed: {
    icon: UserX,
    title: "You were removed from the meeting",
    text: "A host took you out of this meeting. You cannot join it again from here. You can close this window.",
  },
  ended: {
    icon: DoorOpen,
    title: "The meeting is over",
    text: "It was ended for everyone. You can close this window.",
  },
  elsewhere: {
    icon: MonitorSmartphone,
    title: "You joined from another window",
    text: "The meeting goes on there. Rejoin to bring it back here.",
  },
  lost: {
    icon: WifiOff,
    title: "The connection was lost",
    text: "Check your network, then join again. The meeting may still be running.",
  },
};

/** The page's contract with scripts knows four ends; a second window is a kind of lost connection. */
function reasonForScripts(reason: EndReason): string {
  return reason === "elsewhere" ? "lost" : reason;
}

/** The last screen: what happened and, where there is one, the way back. */
export function Ended({ reason, onRejoin }: { reason: EndReason; onRejoin: () => void }) {
  const { icon: Icon, title, text } = screens[reason];
  const final = reason === "removed" || reason === "ended";
  useEffect(() => {
    document.title = `${title} · Convoke`;
  }, [title]);
  return (
    <Page data-testid="ended" data-reason={reasonForScripts(reason)}>
      <EmptyState
        icon={<Icon size={24} aria-hidden="true" />}
        level={1}
        title={title}
        action={
          <div className="ended__ways">
            {!final && (
              <Button variant="primary" onClick={onRejoin} autoFocus>
                Rejoin
              </Button>
            )}
            {cameFromPortal(window.location.pathname) && (
              <a
                className="cv-button cv-button--secondary cv-button--md"
                href="/portal/home"
                data-testid="back-to-meetings"
              >
                Back to your meetings
              </a>
            )}
          </div>
        }
      >
        {text}
      </EmptyState>
    </Page>
  );
}
