// SPDX-License-Identifier: Apache-2.0

import { Button } from "@convoke/ui";
import { type TrackReference, VideoTrack } from "@livekit/components-react";
import { MonitorUp } from "lucide-react";
import { nameOf } from "./person";

interface ScreenTileProps {
  share: TrackReference;
  onStop: () => void;
}

/** A shared screen, whole and never cropped. The own one is not shown: it would mirror itself for ever. */
export function ScreenTile({ share, onStop }: ScreenTileProps) {
  const { participant } = share;
  const own = participant.isLocal;
  return (
    <div className="screen" data-testid="screen-tile" data-identity={participant.identity}>
      {own ? <OwnShare onStop={onStop} /> : <VideoTrack trackRef={share} playsInline />}
      {!own && <div className="tile__label">{nameOf(participant)} is sharing</div>}
    </div>
  );
}

function OwnShare({ onStop }: { onStop: () => void }) {
  return (
    <div className="screen__own">
      <MonitorUp size={40} aria-hidden="true" />
      <p>Everyone sees your screen</p>
      <Button variant="danger" onClick={onStop}>
        Stop sharing
      </Button>
    </div>
  );
}
