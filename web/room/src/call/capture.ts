// SPDX-License-Identifier: Apache-2.0

import type { LocalAudioTrack, LocalVideoTrack } from "livekit-client";
import { createLocalTracks, Track, VideoPresets } from "livekit-client";
import { type DeviceKind, preferred } from "./devices";

/** Why a device gives nothing: refused by the person or policy, absent, held by another program, or plain http. */
export type Fault = "blocked" | "missing" | "busy" | "insecure" | "failed";

export interface Captured {
  microphone?: LocalAudioTrack;
  camera?: LocalVideoTrack;
}

export type Faults = Partial<Record<DeviceKind, Fault>>;

/**
 * Opens the wanted devices in one request, so that the browser asks once. When
 * that fails each is tried alone: a missing camera must not cost the microphone.
 */
export async function capture(wanted: DeviceKind[]): Promise<{ tracks: Captured; faults: Faults }> {
  if (wanted.length === 0) return { tracks: {}, faults: {} };
  try {
    return { tracks: await open(wanted), faults: {} };
  } catch (error) {
    const [only, ...others] = wanted;
    if (only && others.length === 0) return { tracks: {}, faults: { [only]: faultOf(error) } };
  }
  const parts = await Promise.all(wanted.map((kind) => capture([kind])));
  return {
    tracks: Object.assign({}, ...parts.map((part) => part.tracks)),
    faults: Object.assign({}, ...parts.map((part) => part.faults)),
  };
}

/** How devices are opened, before the meeting and in it. */
export function captureDefaults() {
  return {
    audio: { deviceId: preferred("microphone") },
    video: { deviceId: preferred("camera"), resolution: VideoPresets.h720.resolution },
  };
}

/** Stops every track of a capture, so that the device lights go out. */
export function stopAll(tracks: Captured): void {
  tracks.microphone?.stop();
  tracks.camera?.stop();
}

async function open(wanted: DeviceKind[]): Promise<Captured> {
  const tracks = await createLocalTracks({
    audio: wanted.includes("microphone") && captureDefaults().audio,
    video: wanted.includes("camera") && captureDefaults().video,
  });
  const captured: Captured = {};
  for (const track of tracks) {
    if (track.kind === Track.Kind.Audio) captured.microphone = track as LocalAudioTrack;
    if (track.kind === Track.Kind.Video) captured.camera = track as LocalVideoTrack;
  }
  return captured;
}

/** Reads the browser's error names (Media Capture and Streams, section 10.2). */
export function faultOf(error: unknown): Fault {
  if (!window.isSecureContext) return "insecure";
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "blocked";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}
