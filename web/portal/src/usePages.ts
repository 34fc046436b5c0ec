// SPDX-License-Identifier: Apache-2.0

import { type Problem, problemOf } from "@convoke/ui";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "./session";

export interface Page<T> {
  items: T[];
  /** Empty on the last page. */
  next: string;
}

interface State<T> {
  /** Undefined until the first page is there. */
  items?: T[];
  next: string;
  loading: boolean;
  problem?: Problem;
}

/** A list that grows page by page, and what can be done with it. */
export type Pages<T> = ReturnType<typeof usePages<T>>;

/** A list that grows page by page. Keep `load` stable: a new function starts a new list. */
export function usePages<T>(load: (token: string) => Promise<Page<T>>) {
  const [state, setState] = useState<State<T>>({ next: "", loading: true });
  const { expire } = useSession();
  const list = useRef(load);

  const fetchPage = useCallback(
    async (token: string) => {
      list.current = load;
      setState((now) => ({ ...(token ? now : { next: "" }), loading: true }) as State<T>);
      try {
        const page = await load(token);
        if (list.current !== load) return;
        setState((now) => ({
          items: token ? [...(now.items ?? []), ...page.items] : page.items,
          next: page.next,
          loading: false,
        }));
      } catch (error) {
        if (list.current !== load) return;
        const problem = problemOf(error);
        if (problem.status === 401) expire();
        setState((now) => ({ ...now, loading: false, problem }));
      }
    },
    [load, expire],
  );

  useEffect(() => {
    void fetchPage("");
  }, [fetchPage]);

  /** Takes a row out of the list, after an act that moved it elsewhere. */
  const drop = useCallback((gone: (item: T) => boolean) => {
    setState((now) =>
      now.items ? { ...now, items: now.items.filter((item) => !gone(item)) } : now,
    );
  }, []);

  /** Puts a row that an act has changed in the place of the former. */
  const put = useCallback((changed: T, isSame: (item: T) => boolean) => {
    setState((now) =>
      now.items ? { ...now, items: now.items.map((one) => (isSame(one) ? changed : one)) } : now,
    );
  }, []);

  return { ...state, more: () => fetchPage(state.next), reload: () => fetchPage(""), drop, put };
}
