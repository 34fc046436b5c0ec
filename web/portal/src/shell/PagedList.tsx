// SPDX-License-Identifier: Apache-2.0

import { Button, Loading } from "@convoke/ui";
import type { ReactNode } from "react";
import type { Pages } from "../usePages";
import { LoadFailed } from "./LoadFailed";

interface PagedListProps<T> {
  list: Pages<T>;
  /** What is said while the first page is on its way. */
  loading: string;
  /** Stands where the items would, once it is known that there are none. */
  empty: ReactNode;
  more?: string;
  moreId?: string;
  children: (items: T[]) => ReactNode;
}

/** The inside of a list that grows page by page: its items, or why there are none. */
export function PagedList<T>(props: PagedListProps<T>) {
  const { list, loading, empty, more = "Show more", moreId, children } = props;
  return (
    <>
      {list.items && (list.items.length > 0 ? children(list.items) : empty)}
      {list.problem && <LoadFailed problem={list.problem} onRetry={list.reload} />}
      {!list.items && list.loading && <Loading label={loading} />}
      {list.next && (
        <div className="more">
          <Button busy={list.loading} onClick={list.more} data-testid={moreId}>
            {more}
          </Button>
        </div>
      )}
    </>
  );
}
