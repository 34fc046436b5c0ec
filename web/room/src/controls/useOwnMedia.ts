// SPDX-License-Identifier: Apache-2.0

import { useSay } from "@convoke/ui";
import { useLocalParticipant } from "@livekit/components-react";
import { ParticipantEvent, Track, type TrackPublication } from "livekit-client";
import { useCallback, useEffect, useRef, useState } from "react";
import { faultOf } from "../call/capture";
import type { DeviceKind } from "../call/devices";
import type { Call } from "../call/useCall";
import { describeFault } from "../entrance/FaultNotice";

export interface Switch {
  on: boolean;
  busy: boolean;
  toggle: () => void;
}

/**
 * The person's own microphone, camera and screen, as switches. Until the tracks
 * of the preview are published, a switch shows what is coming and waits for it:
 * switching at once would open the same device a second time.
 */
export function useOwnMedia(call: Call): { microphone: Switch; camera: Switch; screen: Switch } {
  const own = useLocalParticipant();
  const { localParticipant: me } = own;
  const arriving = useArriving(call);
  const run = useSwitching(call.published);
  useMutedByHost();
  return {
    microphone: run("microphone", own.isMicrophoneEnabled || arriving("microphone"), () =>
      me.setMicrophoneEnabled(!me.isMicrophoneEnabled),
    ),
    camera: run("camera", own.isCameraEnabled || arriving("camera"), () =>
      me.setCameraEnabled(!me.isCameraEnabled),
    ),
    screen: run("screen", own.isScreenShareEnabled, () =>
      me.setScreenShareEnabled(!me.isScreenShareEnabled, screenOptions),
    ),
  };
}

/** Tells which devices are on their way from the preview into the room. */
function useArriving(call: Call): (kind: DeviceKind) => boolean {
  const [arrived, setArrived] = useState(false);
  useEffect(() => {
    let current = true;
    void call.published.then(() => current && setArrived(true));
    return () => {
      current = false;
    };
  }, [call]);
  return (kind) => !arrived && call.startsWith.includes(kind);
}

const screenOptions = {
  audio: true,
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
  contentHint: "detail",
} as const;

type Name = "microphone" | "camera" | "screen";

/** Runs one change at a time for each device, and says what went wrong. */
function useSwitching(ready: Promise<void>) {
  const say = useSay();
  const [busy, setBusy] = useState<readonly Name[]>([]);
  const start = useCallback(
    async (name: Name, change: () => Promise<unknown>) => {
      setBusy((now) => [...now, name]);
      try {
        if (name !== "screen") await ready;
        await change();
      } catch (error) {
        const text = explain(name, error);
        if (text) say(text, "danger");
      } finally {
        setBusy((now) => now.filter((one) => one !== name));
      }
    },
    [say, ready],
  );
  return (name: Name, on: boolean, change: () => Promise<unknown>): Switch => {
    const isBusy = busy.includes(name);
    return { on, busy: isBusy, toggle: () => void (isBusy || start(name, change)) };
  };
}

/** A person who closes the browser's share picker has changed their mind; that is no fault. */
function explain(name: Name, error: unknown): string | undefined {
  const fault = faultOf(error);
  if (name !== "screen") return `${describeFault(fault, name)}.`;
  return fault === "blocked" ? undefined : "The screen could not be shared.";
}

/** Tells a person whose microphone was switched off from outside that it was not them. */
function useMutedByHost(): void {
  const say = useSay();
  const { localParticipant: me } = useLocalParticipant();
  const pressed = useRef(0);
  useEffect(() => {
    const onPress = () => {
      pressed.current = Date.now();
    };
    const onMuted = (publication: TrackPublication) => {
      const ownDoing = Date.now() - pressed.current < ownDoingWithin;
      if (publication.source === Track.Source.Microphone && !ownDoing) {
        say("A host muted your microphone.");
      }
    };
    me.on(ParticipantEvent.TrackMuted, onMuted);
    window.addEventListener("pointerdown", onPress, true);
    window.addEventListener("keydown", onPress, true);
    return () => {
      me.off(ParticipantEvent.TrackMuted, onMuted);
      window.removeEventListener("pointerdown", onPress, true);
      window.removeEventListener("keydown", onPress, true);
    };
  }, [me, say]);
}

/** A mute within this many milliseconds of the person's own key or click is taken for theirs. */
const ownDoingWithin = 400;
