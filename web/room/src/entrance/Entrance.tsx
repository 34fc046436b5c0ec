// SPDX-License-Identifier: Apache-2.0

import { Button, ErrorPage, Loading, type Problem } from "@convoke/ui";
import { useCallback, useEffect } from "react";
import type { Lobby, Session, SessionApi } from "../api";
import type { EndReason } from "../call/ending";
import type { Admission } from "../call/useCall";
import type { Link } from "../link";
import { EntranceLayout } from "./EntranceLayout";
import { JoinForm } from "./JoinForm";
import { useJoin } from "./useJoin";
import { useLobby } from "./useLobby";
import { usePreview } from "./usePreview";
import { WaitingCard } from "./WaitingCard";

interface EntranceProps {
  link: Link;
  onAdmitted: (admission: Admission) => void;
  onEnd: (reason: EndReason) => void;
}

/** Everything before the room: what the link opens, the preview, and the wait. */
export function Entrance({ link, ...outcomes }: EntranceProps) {
  const { lobby, problem, retry } = useLobby(link);
  if (problem) return <Refused problem={problem} onRetry={retry} />;
  if (!lobby) return <Loading label="Opening the meeting" />;
  return <Threshold link={link} lobby={lobby} {...outcomes} />;
}

function Threshold({ link, lobby, onAdmitted, onEnd }: EntranceProps & { lobby: Lobby }) {
  const preview = usePreview(lobby);
  const enter = useCallback(
    (session: Session, media: Admission["media"], api: SessionApi) =>
      onAdmitted({ session, media, api, devices: preview.handOver() }),
    [onAdmitted, preview],
  );
  const { place, submit } = useJoin(link, { onAdmitted: enter, onEnd });
  useEffect(() => {
    document.title = `${lobby.meeting.topic || "Meeting"} · Convoke`;
  }, [lobby]);

  if (place.at === "form" && place.problem && !isWorthAnotherTry(place.problem)) {
    return <Refused problem={place.problem} />;
  }
  return (
    <EntranceLayout lobby={lobby} preview={preview}>
      {place.at === "waiting" ? (
        <WaitingCard
          reason={place.session.reason}
          onLeave={() => {
            place.api.leave();
            onEnd("left");
          }}
        />
      ) : (
        <JoinForm lobby={lobby} joining={place.joining} problem={place.problem} onJoin={submit} />
      )}
    </EntranceLayout>
  );
}

/** A fault in a field, too many calls, or a server in trouble; everything else is about the link. */
function isWorthAnotherTry(problem: Problem): boolean {
  return problem.field !== undefined || problem.status === 429 || isTrouble(problem);
}

function isTrouble(problem: Problem): boolean {
  return problem.status === 0 || problem.status >= 500;
}

function Refused({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const reload = () => window.location.reload();
  if (problem.code === "wrong_passcode") {
    // The passcode was changed meanwhile; the server's own page asks for the new one.
    return (
      <ErrorPage problem={problem} action={<Button onClick={reload}>Enter the passcode</Button>} />
    );
  }
  return (
    <ErrorPage
      problem={problem}
      action={isTrouble(problem) && <Button onClick={onRetry ?? reload}>Try again</Button>}
    />
  );
}
