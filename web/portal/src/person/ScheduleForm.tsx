// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Field, Select, useSay } from "@convoke/ui";
import { api } from "../api";
import { useSubmit } from "../useSubmit";
import { nextFullHour, toInstant } from "./time";

/** The longest topic the server takes, in characters. */
const longestTopic = 200;

const durations = [15, 30, 45, 60, 90, 120];

/** Plans a meeting for later, in the person's own time zone. */
export function ScheduleForm({ onScheduled }: { onScheduled: () => void }) {
  const say = useSay();
  const { busy, problem, errorAt, submit } = useSubmit(async (values) => {
    await api.createMeeting({
      topic: String(values.get("topic")).trim(),
      start_time: toInstant(String(values.get("start"))),
      duration: Number(values.get("duration")),
    });
    say("The meeting is scheduled.");
    onScheduled();
  });
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
        error={errorAt("topic")}
      />
      <Field
        label="Starts"
        name="start"
        type="datetime-local"
        defaultValue={nextFullHour(new Date())}
        required
        data-testid="schedule-start"
        hint={`Your time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
        error={errorAt("start_time")}
      />
      <Select
        label="Duration"
        name="duration"
        defaultValue="60"
        data-testid="schedule-duration"
        error={errorAt("duration")}
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
