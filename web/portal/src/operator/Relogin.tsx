// SPDX-License-Identifier: Apache-2.0

import { Field, problemOf, useSay } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { useSession } from "../session";
import { type SingleSignOnView, ssoApi } from "../sso";

/** The longest interval the server takes: 90 days. */
const most = 129600;

interface ReloginProps {
  sso: SingleSignOnView;
  onChanged: (sso: SingleSignOnView) => void;
}

/** After how many minutes people sign in again: saved on Enter, and on leaving the field. */
export function Relogin({ sso, onChanged }: ReloginProps) {
  const { error, save } = useSave(sso.relogin_after_minutes, onChanged);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save(String(new FormData(event.currentTarget).get("minutes")));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Field
        label="Minutes until people must sign in again"
        name="minutes"
        type="number"
        min={0}
        max={most}
        defaultValue={sso.relogin_after_minutes}
        onBlur={(event) => save(event.currentTarget.value)}
        data-testid="sso-relogin"
        hint="0 sets no limit."
        error={error}
      />
    </form>
  );
}

function useSave(saved: number, onChanged: ReloginProps["onChanged"]) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const { expire } = useSession();
  const say = useSay();

  async function save(text: string) {
    const minutes = Number(text);
    // A field of numbers gives an empty text for what is none.
    if (text === "" || !Number.isInteger(minutes) || minutes < 0 || minutes > most) {
      setError("Give whole minutes, from 0 to 129,600 (90 days).");
      return;
    }
    setError(undefined);
    if (busy || minutes === saved) return;
    setBusy(true);
    try {
      onChanged((await ssoApi.set({ relogin_after_minutes: minutes })).sso);
      say("Saved.");
    } catch (caught) {
      const problem = problemOf(caught);
      if (problem.status === 401) expire();
      setError(problem.detail);
    } finally {
      setBusy(false);
    }
  }
  return { error, save };
}
