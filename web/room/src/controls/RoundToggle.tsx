// SPDX-License-Identifier: Apache-2.0

import { classes } from "@convoke/ui";
import type { LucideIcon } from "lucide-react";
import "./controls.css";

interface RoundToggleProps {
  testId: string;
  label: string;
  icon: LucideIcon;
  on: boolean;
  onPress: () => void;
  shortcut?: string;
  /** Off is the state that stands out: nobody hears or sees this person. */
  warnWhenOff?: boolean;
  disabled?: boolean;
  /** A number on the corner: unread messages, people at the door. */
  count?: number;
  className?: string;
}

/** A round button that is on or off. The name never changes; the state is aria-pressed. */
export function RoundToggle(props: RoundToggleProps) {
  const { testId, label, icon: Icon, on, onPress, shortcut, warnWhenOff, count = 0 } = props;
  const tip = shortcut ? `${label} (${shortcut})` : label;
  return (
    <button
      type="button"
      className={classes("round", warnWhenOff ? "round--device" : "round--view", props.className)}
      data-testid={testId}
      aria-pressed={on}
      aria-label={count > 0 ? `${label}, ${count} new` : label}
      aria-keyshortcuts={shortcut}
      title={tip}
      disabled={props.disabled}
      onClick={onPress}
    >
      <Icon size={22} aria-hidden="true" />
      {count > 0 && <span className="round__count">{count > 99 ? "99+" : count}</span>}
    </button>
  );
}
