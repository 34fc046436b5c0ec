// SPDX-License-Identifier: Apache-2.0

import { useTrackVolume } from "@livekit/components-react";
import type { LocalAudioTrack } from "livekit-client";

/** Shows that the microphone hears something, so nobody has to ask "can you hear me". */
export function LevelMeter({ track }: { track: LocalAudioTrack | undefined }) {
  return track ? <Meter track={track} /> : null;
}

function Meter({ track }: { track: LocalAudioTrack }) {
  const volume = useTrackVolume(track);
  // Speech rarely goes above a third of full scale.
  const level = Math.min(1, volume * 3);
  return (
    <div className="preview__level" aria-hidden="true">
      {[0.05, 0.25, 0.55].map((threshold) => (
        <span key={threshold} data-on={level > threshold} />
      ))}
    </div>
  );
}
