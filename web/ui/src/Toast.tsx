// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import type { Tone } from "./Banner";
import "./toast.css";

interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

/** Says one sentence about what has just happened. */
export type Say = (text: string, tone?: Tone) => void;

const SayContext = createContext<Say>(() => {});

/** How long a toast stays, in milliseconds: enough to read two short sentences. */
const staysFor = 6000;

let made = 0;

/** Holds the toasts of the page below it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const say = useCallback<Say>((text, tone = "info") => {
    made += 1;
    const id = made;
    setToasts((shown) => [...shown.slice(-2), { id, tone, text }]);
    setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), staysFor);
  }, []);
  const list = useMemo(
    () => toasts.map((toast) => <ToastView key={toast.id} toast={toast} />),
    [toasts],
  );
  return (
    <SayContext.Provider value={say}>
      {children}
      <div className="cv-toasts" role="status" aria-live="polite">
        {list}
      </div>
    </SayContext.Provider>
  );
}

function ToastView({ toast }: { toast: Toast }) {
  return (
    <p className="cv-toast" data-tone={toast.tone}>
      {toast.text}
    </p>
  );
}

/** Gives the function that shows a toast. */
export function useSay(): Say {
  return useContext(SayContext);
}
