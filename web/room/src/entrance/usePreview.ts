// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState, useSyncExternalStore } from "react";
import type { Lobby } from "../api";
import type { DeviceKind } from "../call/devices";
import { Preview, type PreviewState } from "../call/Preview";
import { warmUp } from "../call/warmUp";

/** A preview that opens what the meeting's settings call for, and stops with the page. */
export function usePreview(lobby: Lobby): Preview {
  const [preview] = useState(() => new Preview());
  useEffect(() => {
    void preview.open(devicesAtStart(lobby));
    void warmUp();
    return () => preview.stop();
  }, [preview, lobby]);
  return preview;
}

/** The meeting decides what is on at first; the person decides from there. */
export function devicesAtStart({ role, settings }: Pick<Lobby, "role" | "settings">): DeviceKind[] {
  const attends = role === "attendee";
  const camera = attends ? settings.participant_video : settings.host_video;
  const microphone = !(attends && settings.mute_upon_entry);
  return [...(microphone ? ["microphone" as const] : []), ...(camera ? ["camera" as const] : [])];
}

export function usePreviewState(preview: Preview): PreviewState {
  return useSyncExternalStore(preview.subscribe, preview.state);
}
