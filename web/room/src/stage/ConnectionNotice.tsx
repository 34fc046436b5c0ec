// SPDX-License-Identifier: Apache-2.0

import { Banner, Button } from "@convoke/ui";
import { useAudioPlayback, useConnectionState, useRoomContext } from "@livekit/components-react";
import { ConnectionState } from "livekit-client";

/** What is wrong with the connection right now, if anything, above the tiles. */
export function ConnectionNotice({ publishFailed }: { publishFailed: boolean }) {
  const state = useConnectionState();
  const reconnecting =
    state === ConnectionState.Reconnecting || state === ConnectionState.SignalReconnecting;
  return (
    <div className="notices">
      {state === ConnectionState.Connecting && (
        <Banner className="notices__slow">Connecting…</Banner>
      )}
      {reconnecting && (
        <Banner tone="warn" title="The connection is interrupted">
          Reconnecting. You need not do anything.
        </Banner>
      )}
      {publishFailed && (
        <Banner tone="warn" title="Your microphone or camera did not start">
          The others are here, but they cannot hear or see you. Switch it on below.
        </Banner>
      )}
      <SoundNotice />
    </div>
  );
}

/** Browsers play no sound before the first click on a page; a reload can lose it. */
function SoundNotice() {
  const room = useRoomContext();
  const { canPlayAudio, startAudio } = useAudioPlayback(room);
  if (canPlayAudio) return null;
  return (
    <Banner
      title="The sound is off"
      action={
        <Button size="sm" variant="primary" onClick={() => void startAudio()}>
          Turn sound on
        </Button>
      }
    >
      Your browser waits for a click before it plays sound.
    </Banner>
  );
}
