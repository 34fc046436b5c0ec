// SPDX-License-Identifier: Apache-2.0

import {
  LogOut,
  MessageSquare,
  Mic,
  MicOff,
  MonitorOff,
  MonitorUp,
  Users,
  Video,
  VideoOff,
} from "lucide-react";
import type { Call } from "../call/useCall";
import type { PanelName } from "../panel/usePanel";
import { EndForAll } from "./EndForAll";
import { RoundToggle } from "./RoundToggle";
import type { useOwnMedia } from "./useOwnMedia";

interface ControlBarProps {
  call: Call;
  media: ReturnType<typeof useOwnMedia>;
  panel: PanelName | undefined;
  onPanel: (name: PanelName) => void;
  unread: number;
  waiting: number;
  onLeave: () => void;
}

/** The switches of the meeting, in one row that fits a phone. */
export function ControlBar(props: ControlBarProps) {
  const { call, media, panel, onPanel, onLeave } = props;
  return (
    <footer className="bar">
      <div className="bar__group">
        <DeviceSwitches media={media} />
      </div>
      <div className="bar__group">
        <RoundToggle
          testId="participants-toggle"
          label="Participants"
          shortcut="P"
          icon={Users}
          on={panel === "people"}
          count={props.waiting}
          onPress={() => onPanel("people")}
        />
        <RoundToggle
          testId="chat-toggle"
          label="Chat"
          shortcut="C"
          icon={MessageSquare}
          on={panel === "chat"}
          count={props.unread}
          onPress={() => onPanel("chat")}
        />
      </div>
      <div className="bar__group">
        <button
          type="button"
          className="leave"
          data-testid="leave"
          title="Leave the meeting"
          onClick={onLeave}
        >
          <LogOut size={20} aria-hidden="true" />
          <span>Leave</span>
        </button>
        {call.session.role === "host" && <EndForAll api={call.api} />}
      </div>
    </footer>
  );
}

function DeviceSwitches({ media: { microphone, camera, screen } }: Pick<ControlBarProps, "media">) {
  return (
    <>
      <RoundToggle
        testId="mic-toggle"
        label="Microphone"
        shortcut="M"
        icon={microphone.on ? Mic : MicOff}
        on={microphone.on}
        warnWhenOff
        onPress={microphone.toggle}
      />
      <RoundToggle
        testId="camera-toggle"
        label="Camera"
        shortcut="V"
        icon={camera.on ? Video : VideoOff}
        on={camera.on}
        warnWhenOff
        onPress={camera.toggle}
      />
      {canShareScreen() && (
        <RoundToggle
          testId="screen-toggle"
          label="Share screen"
          shortcut="S"
          icon={screen.on ? MonitorOff : MonitorUp}
          on={screen.on}
          onPress={screen.toggle}
        />
      )}
    </>
  );
}

/** Phones have no screen capture. */
function canShareScreen(): boolean {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return media !== undefined && "getDisplayMedia" in media;
}
