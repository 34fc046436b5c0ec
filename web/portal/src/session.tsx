// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import type { ReactNode } from "react";
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { api, type Session } from "./api";

type State =
  | { at: "loading" }
  | { at: "out" }
  | { at: "failed"; problem: Problem }
  | { at: "in"; session: Session };

interface SessionContextValue {
  state: State;
  /** Takes a session that a call has just opened. */
  enter: (session: Session) => void;
  signOut: () => Promise<void>;
  /** The server no longer knows the session: sign in again. */
  expire: () => void;
}

const SessionContext = createContext<SessionContextValue | undefined>(undefined);

/** Knows who is signed in. It asks the server once; the cookie itself is out of the page's reach. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ at: "loading" });
  const enter = useCallback((session: Session) => setState({ at: "in", session }), []);
  const expire = useCallback(() => setState({ at: "out" }), []);
  const leave =
    state.at === "in" && state.session.kind === "user" ? state.session.leave : undefined;
  const signOut = useCallback(async () => {
    if (leave) {
      window.location.assign(leave);
      return;
    }
    await api.signOut();
    setState({ at: "out" });
  }, [leave]);

  useEffect(() => {
    let current = true;
    api.session().then(
      (session) => current && setState(whileLoading({ at: "in", session })),
      (error) => current && setState(whileLoading(refused(problemOf(error)))),
    );
    return () => {
      current = false;
    };
  }, []);

  const value = useMemo(() => ({ state, enter, signOut, expire }), [state, enter, signOut, expire]);
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

/** A slow first answer must not undo a sign-in that happened meanwhile. */
function whileLoading(next: State): (state: State) => State {
  return (state) => (state.at === "loading" ? next : state);
}

function refused(problem: Problem): State {
  return problem.status === 401 ? { at: "out" } : { at: "failed", problem };
}

export function useSession(): SessionContextValue {
  const value = useContext(SessionContext);
  if (!value) throw new Error("useSession needs a SessionProvider above it.");
  return value;
}
