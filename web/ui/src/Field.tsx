// SPDX-License-Identifier: Apache-2.0

import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from "react";
import { useId } from "react";
import { classes } from "./classes";
import "./field.css";

interface Labelled {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value, as a sentence; read out when it appears. */
  error?: string | undefined;
}

export type FieldProps = Labelled & InputHTMLAttributes<HTMLInputElement>;

/** A labelled text input with its hint and its error tied to it. */
export function Field({ label, hint, error, className, id, ...input }: FieldProps) {
  const made = useId();
  const own = id ?? made;
  return (
    <div className={classes("cv-field", className)}>
      <label htmlFor={own}>{label}</label>
      <input
        {...input}
        id={own}
        className="cv-input"
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${own}-note` : undefined}
      />
      <Note id={`${own}-note`} hint={hint} error={error} />
    </div>
  );
}

export type SelectProps = Labelled & SelectHTMLAttributes<HTMLSelectElement>;

/** A labelled native select. */
export function Select({ label, hint, error, className, id, children, ...select }: SelectProps) {
  const made = useId();
  const own = id ?? made;
  return (
    <div className={classes("cv-field", className)}>
      <label htmlFor={own}>{label}</label>
      <select {...select} id={own} className="cv-input cv-input--select">
        {children}
      </select>
      <Note id={`${own}-note`} hint={hint} error={error} />
    </div>
  );
}

function Note({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  if (!error && !hint) return null;
  return (
    <p id={id} className={error ? "cv-field__error" : "cv-field__hint"} aria-live="polite">
      {error ?? hint}
    </p>
  );
}
