// SPDX-License-Identifier: Apache-2.0

import { classes } from "@convoke/ui";
import {
  isTrackReference,
  type TrackReferenceOrPlaceholder,
  useConnectionQualityIndicator,
  useIsMuted,
  useIsSpeaking,
  useParticipantInfo,
  VideoTrack,
} from "@livekit/components-react";
import { ConnectionQuality, Track } from "livekit-client";
import { MicOff, SignalLow } from "lucide-react";
import { memo } from "react";
import { Avatar } from "./Avatar";
import { nameOf, roleOf } from "./person";

interface TileProps {
  /** The camera, or the place where it would be. */
  camera: TrackReferenceOrPlaceholder;
  /** The person's identity; the own one is known before the media server confirms it. */
  identity: string;
}

/** One person: the camera when it is on, else initials; the name, and what others need to know. */
export const Tile = memo(function Tile({ camera, identity }: TileProps) {
  const { participant } = camera;
  const info = useParticipantInfo({ participant });
  const speaking = useIsSpeaking(participant);
  const name = nameOf({ name: info.name ?? "" });
  const visible = isTrackReference(camera) && !camera.publication.isMuted;
  return (
    <div
      className={classes("tile", speaking && "tile--speaking")}
      data-testid="participant-tile"
      data-identity={identity}
      data-role={roleOf(participant)}
    >
      <Avatar name={name} />
      {visible && <VideoTrack trackRef={camera} data-own={participant.isLocal} playsInline />}
      <TileLabel camera={camera} name={name} />
    </div>
  );
});

function TileLabel({
  camera: { participant },
  name,
}: Pick<TileProps, "camera"> & { name: string }) {
  const muted = useIsMuted({ participant, source: Track.Source.Microphone });
  const { quality } = useConnectionQualityIndicator({ participant });
  const weak = quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost;
  return (
    <div className="tile__label">
      {muted && <MicOff size={15} role="img" aria-label="Muted" />}
      <span>{participant.isLocal ? "You" : name}</span>
      {weak && <SignalLow size={16} role="img" aria-label="Weak connection" />}
    </div>
  );
}
