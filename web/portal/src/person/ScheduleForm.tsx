// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Field, type Problem, problemOf, Select, useSay } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { api } from "../api";
import { useSession } from "../session";
import { nextFullHour, toInstant } from "./time";

/** The longest topic the server takes, in characters. */
const longestTopic = 200;

const durations = [15, 30, 45, 60, 90, 120];

/** Plans a meeting for later, in the person's own time zone. */
export function ScheduleForm({ onScheduled }: { onScheduled: () => void }) {
  const { busy, problem, submit } = useSchedule(onScheduled);
  return (
    <form className="card schedule" onSubmit={submit} aria-labelledby="schedule">
      <h2 id="schedule">Schedule a meeting</h2>
      {problem && !problem.field && <Banner tone="danger">{problem.detail}</Banner>}
      <Field
        label="Topic"
        name="topic"
        maxLength={longestTopic}
        required
        data-testid="schedule-topic"
        error={errorOf(problem, "topic")}
      />
      <Field
        label="Starts"
        name="start"
        type="datetime-local"
        defaultValue={nextFullHour(new Date())}
        required
        data-testid="schedule-start"
        hint={`Your time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
        error={errorOf(problem, "start_time")}
      />
      <Select
        label="Duration"
        name="duration"
        defaultValue="60"
        data-testid="schedule-duration"
        error={errorOf(problem, "duration")}
      >
        {durations.map((minutes) => (
          <option key={minutes} value={minutes}>
            {minutes} minutes
          </option>
        ))}
      </Select>
      <Button type="submit" wide busy={busy} data-testid="schedule-submit">
        Schedule
      </Button>
    </form>
  );
}

function errorOf(problem: Problem | undefined, field: string): string | undefined {
  return problem?.field === field ? problem.detail : undefined;
}

function useSchedule(onScheduled: () => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();
  const say = useSay();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    setBusy(true);
    try {
      await api.createMeeting({
        topic: String(values.get("topic")).trim(),
        start_time: toInstant(String(values.get("start"))),
        duration: Number(values.get("duration")),
      });
      setProblem(undefined);
      form.reset();
      say("The meeting is scheduled.");
      onScheduled();
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, submit };
}
