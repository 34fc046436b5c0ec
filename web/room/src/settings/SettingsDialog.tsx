// SPDX-License-Identifier: Apache-2.0

import { Button, Dialog, useSay } from "@convoke/ui";
import { useLocalParticipant, useRoomContext } from "@livekit/components-react";
import { browserKind, type ChoosableKind, rememberDevice } from "../call/devices";
import { DevicePicker } from "./DevicePicker";

interface SettingsDialogProps {
  shortcuts: boolean;
  onShortcuts: (on: boolean) => void;
  onClose: () => void;
}

/** Devices during the meeting, and the switch for the keyboard shortcuts. */
export function SettingsDialog({ shortcuts, onShortcuts, onClose }: SettingsDialogProps) {
  const { microphoneTrack, cameraTrack } = useLocalParticipant();
  const choose = useSwitchDevice();
  return (
    <Dialog
      title="Settings"
      onClose={onClose}
      actions={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <DevicePicker
        kind="microphone"
        opened={microphoneTrack?.track?.mediaStreamTrack}
        onChoose={(id) => choose("microphone", id)}
      />
      <DevicePicker
        kind="camera"
        opened={cameraTrack?.track?.mediaStreamTrack}
        onChoose={(id) => choose("camera", id)}
      />
      {canChooseSpeaker() && (
        <DevicePicker kind="speaker" onChoose={(id) => choose("speaker", id)} />
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={(event) => onShortcuts(event.target.checked)}
        />
        Keyboard shortcuts: M, V, S, P and C
      </label>
    </Dialog>
  );
}

/** Firefox and Safari send the sound to the system's speaker only. */
function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

function useSwitchDevice() {
  const room = useRoomContext();
  const say = useSay();
  return (kind: ChoosableKind, deviceId: string) => {
    rememberDevice(kind, deviceId);
    room
      .switchActiveDevice(browserKind[kind], deviceId)
      .catch(() => say(`The ${kind} could not be changed.`, "danger"));
  };
}
