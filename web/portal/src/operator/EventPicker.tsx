// SPDX-License-Identifier: Apache-2.0

import { Field } from "@convoke/ui";
import { useId, useState } from "react";
import { groupEvents } from "./events";

interface EventPickerProps {
  /** The names to choose from. */
  offered: string[];
  /** The chosen ones; undefined means all, also those that are still to come. */
  chosen: string[] | undefined;
  onChange: (chosen: string[] | undefined) => void;
  /** What is wrong with the choice. */
  error: string | undefined;
}

/** All events, or some of them by name. */
export function EventPicker({ offered, chosen, onChange, error }: EventPickerProps) {
  const group = useId();
  const note = `${group}-note`;
  return (
    <fieldset className="events" aria-describedby={error ? note : undefined}>
      <legend>Events</legend>
      <div className="events__which">
        <Which
          group={group}
          label="All events, also new ones"
          checked={chosen === undefined}
          onChoose={() => onChange(undefined)}
          testId="events-all"
        />
        <Which
          group={group}
          label={`Only some${chosen ? `: ${chosen.length} of ${offered.length}` : ""}`}
          checked={chosen !== undefined}
          onChoose={() => onChange([])}
          testId="events-some"
        />
      </div>
      {chosen && <Names offered={offered} chosen={chosen} onChange={onChange} />}
      {error && (
        <p id={note} className="cv-field__error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

interface WhichProps {
  group: string;
  label: string;
  checked: boolean;
  onChoose: () => void;
  testId: string;
}

function Which({ group, label, checked, onChoose, testId }: WhichProps) {
  return (
    <label className="events__choice">
      <input type="radio" name={group} checked={checked} onChange={onChoose} data-testid={testId} />
      {label}
    </label>
  );
}

interface NamesProps {
  offered: string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

function Names({ offered, chosen, onChange }: NamesProps) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  // A chosen name that the app may no longer be told of must be there to be taken off.
  const all = [...offered, ...chosen.filter((name) => !offered.includes(name))];
  const groups = groupEvents(all.filter((name) => name.includes(wanted)));
  const set = (names: string[], on: boolean) => {
    const rest = chosen.filter((name) => !names.includes(name));
    onChange(on ? [...rest, ...names] : rest);
  };
  return (
    <div className="events__names">
      <Field
        label="Search events"
        type="search"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        autoComplete="off"
        placeholder="user.created"
        data-testid="events-search"
      />
      {groups.length === 0 && <p className="events__none">No event has “{search}” in its name.</p>}
      <div className="events__groups">
        {groups.map((group) => (
          <fieldset key={group.subject} data-testid="event-group">
            <legend>
              <Box
                label={group.label}
                checked={group.names.every((name) => chosen.includes(name))}
                mixed={group.names.some((name) => chosen.includes(name))}
                onSet={(on) => set(group.names, on)}
              />
            </legend>
            {group.names.map((name) => (
              <Box
                key={name}
                label={name}
                checked={chosen.includes(name)}
                onSet={(on) => set([name], on)}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}

interface BoxProps {
  label: string;
  checked: boolean;
  /** Some of what it stands for is checked. */
  mixed?: boolean;
  onSet: (on: boolean) => void;
}

function Box({ label, checked, mixed = false, onSet }: BoxProps) {
  return (
    <label className="events__choice">
      <input
        type="checkbox"
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = mixed && !checked;
        }}
        onChange={(event) => onSet(event.target.checked)}
        data-event={label}
      />
      {label}
    </label>
  );
}
