// SPDX-License-Identifier: Apache-2.0

import { Spinner } from "@convoke/ui";
import type { LocalVideoTrack } from "livekit-client";
import { Mic, MicOff, Video, VideoOff } from "lucide-react";
import { useEffect, useRef } from "react";
import type { DeviceKind } from "../call/devices";
import type { Preview, PreviewState } from "../call/Preview";
import { RoundToggle } from "../controls/RoundToggle";
import { useShortcuts } from "../controls/useShortcuts";
import { DevicePicker } from "../settings/DevicePicker";
import { FaultNotice } from "./FaultNotice";
import { LevelMeter } from "./LevelMeter";
import { usePreviewState } from "./usePreview";

/** What the others are going to see and hear, with the switches for it. */
export function PreviewPane({ preview }: { preview: Preview }) {
  const state = usePreviewState(preview);
  useShortcuts({
    m: () => void preview.toggle("microphone"),
    v: () => void preview.toggle("camera"),
  });
  return (
    <section className="preview" aria-label="Camera and microphone preview">
      <div className="preview__frame">
        <Picture state={state} />
        <LevelMeter track={state.tracks.microphone} />
        <div className="preview__switches">
          <DeviceSwitch kind="microphone" preview={preview} state={state} />
          <DeviceSwitch kind="camera" preview={preview} state={state} />
        </div>
      </div>
      <FaultNotice faults={state.faults} />
      <div className="preview__devices">
        <DevicePicker
          kind="microphone"
          opened={state.tracks.microphone?.mediaStreamTrack}
          onChoose={(id) => void preview.choose("microphone", id)}
        />
        <DevicePicker
          kind="camera"
          opened={state.tracks.camera?.mediaStreamTrack}
          onChoose={(id) => void preview.choose("camera", id)}
        />
      </div>
    </section>
  );
}

function Picture({ state }: { state: PreviewState }) {
  const { camera } = state.tracks;
  if (camera) return <CameraPicture track={camera} />;
  if (state.opening.includes("camera")) return <Spinner size={32} />;
  return <p className="preview__off">Your camera is off</p>;
}

function CameraPicture({ track }: { track: LocalVideoTrack }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    track.attach(element);
    return () => {
      track.detach(element);
    };
  }, [track]);
  return <video ref={video} data-testid="prejoin-video" muted playsInline autoPlay />;
}

const switches = {
  microphone: { on: Mic, off: MicOff, label: "Microphone", shortcut: "M" },
  camera: { on: Video, off: VideoOff, label: "Camera", shortcut: "V" },
} as const;

interface DeviceSwitchProps {
  kind: DeviceKind;
  preview: Preview;
  state: PreviewState;
}

function DeviceSwitch({ kind, preview, state }: DeviceSwitchProps) {
  const look = switches[kind];
  const on = state.tracks[kind] !== undefined;
  return (
    <RoundToggle
      testId={kind === "microphone" ? "prejoin-mic" : "prejoin-camera"}
      label={look.label}
      shortcut={look.shortcut}
      on={on}
      icon={on ? look.on : look.off}
      warnWhenOff
      disabled={state.opening.includes(kind)}
      onPress={() => void preview.toggle(kind)}
    />
  );
}
