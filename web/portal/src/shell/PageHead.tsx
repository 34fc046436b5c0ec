// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import { useTitle } from "../useTitle";

interface PageHeadProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** The heading of a page, which is also the window's title. */
export function PageHead({ title, children, action }: PageHeadProps) {
  useTitle(title);
  return (
    <div className="page-head">
      <div>
        <h1>{title}</h1>
        {children && <p>{children}</p>}
      </div>
      {action}
    </div>
  );
}
