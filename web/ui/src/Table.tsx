// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from "react";
import "./table.css";

interface TableProps {
  /** What the table lists; read out, not shown. */
  caption: string;
  /** Column heads; an empty string is a column of buttons. */
  heads: string[];
  children: ReactNode;
}

/**
 * A table that turns into a list of cards on a narrow window. Give each cell
 * its column head through {@link Cell}, so that a card still names its values.
 */
export function Table({ caption, heads, children }: TableProps) {
  return (
    <table className="cv-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {heads.map((head, column) => (
            <th key={head || column} scope="col">
              {head || <span className="visually-hidden">Actions</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** One cell, with the head of its column. */
export function Cell({ head, children }: { head?: string; children: ReactNode }) {
  return (
    <td data-head={head}>
      <div className="cv-table__value">{children}</div>
    </td>
  );
}
