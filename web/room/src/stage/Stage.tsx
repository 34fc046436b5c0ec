// SPDX-License-Identifier: Apache-2.0

import type { TrackReferenceOrPlaceholder } from "@livekit/components-react";
import { isTrackReference, type TrackReference, useTracks } from "@livekit/components-react";
import { Track } from "livekit-client";
import { type CSSProperties, type ReactNode, useRef } from "react";
import type { Call } from "../call/useCall";
import { Alone } from "./Alone";
import { fitGrid, gap } from "./grid";
import { ScreenTile } from "./ScreenTile";
import { Tile } from "./Tile";
import { useSize } from "./useSize";
import "./stage.css";

const sources = [
  { source: Track.Source.Camera, withPlaceholder: true },
  { source: Track.Source.ScreenShare, withPlaceholder: false },
];

interface StageProps {
  call: Call;
  onStopSharing: () => void;
}

/** Everybody in a grid; with a shared screen, the screen first and the people beside it. */
export function Stage({ call, onStopSharing }: StageProps) {
  const tracks = useTracks(sources, { onlySubscribed: false });
  const cameras = inOrder(onePerPerson(tracks));
  const shares = tracks.filter(isShare);
  const tiles = cameras.map((camera) => {
    const identity = identityOf(camera, call);
    return <Tile key={identity} camera={camera} identity={identity} />;
  });
  if (shares.length > 0) {
    return (
      <div className="focus">
        <div className="focus__screens">
          {shares.map((share) => (
            <ScreenTile key={share.publication.trackSid} share={share} onStop={onStopSharing} />
          ))}
        </div>
        <div className="focus__people">{tiles}</div>
      </div>
    );
  }
  return (
    <PeopleGrid count={tiles.length}>
      {tiles}
      {tiles.length === 1 && <Alone call={call} />}
    </PeopleGrid>
  );
}

function PeopleGrid({ count, children }: { count: number; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const { columns, tile } = fitGrid(count, useSize(box));
  const size = {
    "--tile-width": `${tile.width}px`,
    "--tile-height": `${tile.height}px`,
    // Rows break where the fit was computed, and a short last row is centred.
    maxWidth: columns * (tile.width + gap),
  } as CSSProperties;
  return (
    <div className="grid" ref={box}>
      <div className="grid__tiles" style={size}>
        {children}
      </div>
    </div>
  );
}

function isShare(track: TrackReferenceOrPlaceholder): track is TrackReference {
  return track.source === Track.Source.ScreenShare && isTrackReference(track);
}

/** A client may publish two cameras; a person still has one tile, and it shows the newer. */
function onePerPerson(tracks: TrackReferenceOrPlaceholder[]): TrackReferenceOrPlaceholder[] {
  const cameras = tracks.filter((track) => track.source === Track.Source.Camera);
  return [...new Map(cameras.map((camera) => [camera.participant, camera])).values()];
}

/** Those who came first stay where they are; oneself comes last. */
function inOrder(cameras: TrackReferenceOrPlaceholder[]): TrackReferenceOrPlaceholder[] {
  return cameras.toSorted((a, b) => {
    if (a.participant.isLocal !== b.participant.isLocal) return a.participant.isLocal ? 1 : -1;
    return joinedAt(a) - joinedAt(b);
  });
}

function joinedAt({ participant }: TrackReferenceOrPlaceholder): number {
  return participant.joinedAt?.getTime() ?? 0;
}

function identityOf({ participant }: TrackReferenceOrPlaceholder, call: Call): string {
  return participant.isLocal ? call.session.participant_id : participant.identity;
}
