// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Field, type Problem } from "@convoke/ui";
import type { FormEvent } from "react";
import { useState } from "react";
import type { Lobby } from "../api";
import { remember, remembered } from "../call/devices";

/** The longest display name the server takes, in characters. */
const longestName = 64;

/** Where a guest's name is kept for the next meeting. */
const nameKey = "convoke.name";

interface JoinFormProps {
  lobby: Lobby;
  joining: boolean;
  problem: Problem | undefined;
  onJoin: (name: string) => void;
}

/** The name, and the one button that matters. */
export function JoinForm({ lobby, joining, problem, onJoin }: JoinFormProps) {
  // A fixed name that is empty would lock the person out of the form.
  const fixed = lobby.name_fixed && lobby.name !== "";
  const [name, setName] = useState(() => suggestName(lobby));
  const [missing, setMissing] = useState(false);

  function submit(event: FormEvent) {
    event.preventDefault();
    const chosen = name.trim();
    setMissing(chosen === "");
    if (chosen === "") return;
    if (!fixed) remember(nameKey, chosen);
    onJoin(chosen);
  }

  const nameError = missing ? "Enter the name that the others should see." : detailFor(problem);
  return (
    <form className="entrance__form" onSubmit={submit} noValidate>
      {problem && problem.field !== "name" && <Banner tone="danger">{problem.detail}</Banner>}
      <Field
        label="Your name"
        data-testid="prejoin-name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        readOnly={fixed}
        maxLength={longestName}
        autoComplete="name"
        autoFocus={!fixed}
        error={nameError}
        hint={fixed ? "Your name comes with your link." : undefined}
      />
      <Button type="submit" variant="primary" wide busy={joining} data-testid="prejoin-join">
        {starts(lobby) ? "Start the meeting" : "Join"}
      </Button>
    </form>
  );
}

function suggestName(lobby: Lobby): string {
  return lobby.name || (remembered(nameKey) ?? "");
}

function detailFor(problem: Problem | undefined): string | undefined {
  return problem?.field === "name" ? problem.detail : undefined;
}

function starts(lobby: Lobby): boolean {
  return lobby.role === "host" && lobby.meeting.status === "waiting";
}
