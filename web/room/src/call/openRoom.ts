// SPDX-License-Identifier: Apache-2.0

import type { LocalTrack, RoomOptions } from "livekit-client";
import { Room, RoomEvent } from "livekit-client";
import type { Session } from "../api";
import { type Captured, captureDefaults, stopAll } from "./capture";
import { preferredDevice } from "./devices";
import { type EndReason, endReasonOf } from "./ending";

export interface OpenRoomOptions {
  media: NonNullable<Session["media"]>;
  /** The preview's tracks, some perhaps still being opened. */
  tracks: Promise<Captured>[];
  /** The connection is over and will not come back by itself. */
  onEnd: (reason: EndReason) => void;
  /** A device that was fine in the preview could not be published. */
  onPublishError: () => void;
}

export interface OpenedRoom {
  room: Room;
  /** Settles when the tracks are published, or could not be. It never rejects. */
  published: Promise<void>;
}

/**
 * Starts the connection and hands out the room at once, while it connects. The
 * own tracks are offered as soon as it stands and not before: their negotiation
 * and their encoders would stand in the way of the others' first pictures.
 */
export function openRoom({ media, tracks, onEnd, onPublishError }: OpenRoomOptions): OpenedRoom {
  const room = new Room(roomOptions());
  const over = new AbortController();
  const end = (reason: EndReason) => {
    if (over.signal.aborted) return;
    over.abort();
    for (const captured of tracks) void captured.then(stopAll);
    onEnd(reason);
  };
  room.once(RoomEvent.Disconnected, (reason) => end(endReasonOf(reason)));
  // A room that never connected emits no Disconnected event.
  const connected = room.connect(media.url, media.token).catch(() => end("lost"));
  const publishing = tracks.map(async (captured) => {
    await connected;
    await publish(room, await captured, over.signal);
  });
  const published = Promise.all(publishing).then(() => undefined, onPublishError);
  return { room, published };
}

function roomOptions(): RoomOptions {
  const { audio, video } = captureDefaults();
  const speaker = preferredDevice("speaker");
  return {
    adaptiveStream: true,
    dynacast: true,
    audioCaptureDefaults: audio,
    videoCaptureDefaults: video,
    ...(speaker ? { audioOutput: { deviceId: speaker } } : {}),
  };
}

async function publish(
  room: Room,
  { microphone, camera }: Captured,
  over: AbortSignal,
): Promise<void> {
  if (over.aborted) return;
  const open = [microphone, camera].filter((track) => track !== undefined);
  // The client's own types do not satisfy exactOptionalPropertyTypes, hence the assertion.
  await Promise.all(open.map((track) => room.localParticipant.publishTrack(track as LocalTrack)));
}
