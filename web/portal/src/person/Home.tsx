// SPDX-License-Identifier: Apache-2.0

import { Banner, Button } from "@convoke/ui";
import { Video } from "lucide-react";
import { api, type SessionUser } from "../api";
import { PageHead } from "../shell/PageHead";
import { useAct } from "../useAct";
import { Connections } from "./Connections";
import { CopyButton } from "./CopyButton";
import { MeetingList } from "./MeetingList";
import { openRoom } from "./openRoom";
import { ScheduleForm } from "./ScheduleForm";
import { useMeetings } from "./useMeetings";
import "./person.css";

/** A person's own page: start now, plan for later, and what is planned. */
export function Home({
  user,
  brokeGlass,
}: {
  user: SessionUser;
  brokeGlass?: boolean | undefined;
}) {
  const meetings = useMeetings();
  return (
    <>
      <PageHead title="Your meetings" action={<StartButton user={user} />}>
        {user.email}
      </PageHead>
      {brokeGlass && <BrokenGlass />}
      <div className="home">
        <MeetingList meetings={meetings} />
        <aside className="home__side">
          <ScheduleForm onScheduled={meetings.reload} />
          {user.personal_meeting_url && <PersonalLink url={user.personal_meeting_url} />}
          <Connections />
        </aside>
      </div>
    </>
  );
}

function BrokenGlass() {
  return (
    <div data-testid="broken-glass">
      <Banner tone="warn" title="You came in past your organisation’s single sign-on">
        As the owner of the account you may use your password when it is broken. This sign-in stands
        in the audit log.
      </Banner>
    </div>
  );
}

function StartButton({ user }: { user: SessionUser }) {
  const [busy, run] = useAct();
  const start = () =>
    run(async () => {
      const topic = `Meeting of ${user.display_name || user.email}`;
      openRoom((await api.createMeeting({ topic })).start_url);
    });
  return (
    <Button variant="primary" busy={busy} data-testid="start-meeting" onClick={start}>
      <Video size={20} aria-hidden="true" />
      Start a meeting
    </Button>
  );
}

function PersonalLink({ url }: { url: string }) {
  return (
    <section className="card personal" aria-labelledby="personal">
      <h2 id="personal">Your personal link</h2>
      <p>It always leads to you. Give it to the people you meet often.</p>
      <code>{url}</code>
      <CopyButton text={url} done="Personal link copied." />
    </section>
  );
}
