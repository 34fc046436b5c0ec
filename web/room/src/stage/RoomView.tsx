// SPDX-License-Identifier: Apache-2.0

import { RoomAudioRenderer, RoomContext } from "@livekit/components-react";
import { useState } from "react";
import { remember, remembered } from "../call/devices";
import type { Call } from "../call/useCall";
import { ControlBar } from "../controls/ControlBar";
import { useOwnMedia } from "../controls/useOwnMedia";
import { useShortcuts } from "../controls/useShortcuts";
import { Chat } from "../panel/Chat";
import { People } from "../panel/People";
import { useChatLog } from "../panel/useChatLog";
import { usePanel } from "../panel/usePanel";
import { useUnread } from "../panel/useUnread";
import { useWaiting } from "../panel/useWaiting";
import { WaitingList } from "../panel/WaitingList";
import { SettingsDialog } from "../settings/SettingsDialog";
import { Announcements } from "./Announcements";
import { ConnectionNotice } from "./ConnectionNotice";
import { moderates } from "./person";
import { RoomHeader } from "./RoomHeader";
import { Stage } from "./Stage";
import "./room.css";

interface RoomViewProps {
  call: Call;
  publishFailed: boolean;
  onLeave: () => void;
}

/** The meeting itself. */
export function RoomView(props: RoomViewProps) {
  return (
    <RoomContext.Provider value={props.call.room}>
      <RoomAudioRenderer />
      <Room {...props} />
    </RoomContext.Provider>
  );
}

function Room({ call, publishFailed, onLeave }: RoomViewProps) {
  const media = useOwnMedia(call);
  const { panel, toggle, close } = usePanel();
  const { messages, send } = useChatLog(call.room);
  const unread = useUnread(messages, panel === "chat");
  const { people: waiting, admit } = useWaiting(call.api, moderates(call.session.role));
  const [settings, setSettings] = useState(false);
  const [shortcuts, setShortcuts] = useShortcutChoice();
  useShortcuts(
    {
      m: media.microphone.toggle,
      v: media.camera.toggle,
      s: media.screen.toggle,
      p: () => toggle("people"),
      c: () => toggle("chat"),
    },
    shortcuts,
  );
  return (
    <div className="room" data-testid="room" data-panel={panel}>
      <RoomHeader call={call} onSettings={() => setSettings(true)} />
      <main className="room__stage">
        <ConnectionNotice publishFailed={publishFailed} />
        <Stage call={call} onStopSharing={media.screen.toggle} />
        {/* The panel has the same list, so each person has one admit button at any time. */}
        {panel !== "people" && <WaitingList people={waiting} onAdmit={admit} />}
      </main>
      {panel === "people" && (
        <People call={call} waiting={waiting} onAdmit={admit} onClose={close} />
      )}
      {panel === "chat" && <Chat messages={messages} onSend={send} onClose={close} />}
      <ControlBar
        call={call}
        media={media}
        panel={panel}
        onPanel={toggle}
        unread={unread}
        waiting={waiting.length}
        onLeave={onLeave}
      />
      <Announcements waiting={waiting} messages={messages} reading={panel === "chat"} />
      {settings && (
        <SettingsDialog
          shortcuts={shortcuts}
          onShortcuts={setShortcuts}
          onClose={() => setSettings(false)}
        />
      )}
    </div>
  );
}

const shortcutsKey = "convoke.shortcuts";

/** Single-key shortcuts can be switched off, for people whose tools type for them (WCAG 2.1.4). */
function useShortcutChoice(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => remembered(shortcutsKey) !== "off");
  return [
    on,
    (choice) => {
      remember(shortcutsKey, choice ? "on" : "off");
      setOn(choice);
    },
  ];
}
