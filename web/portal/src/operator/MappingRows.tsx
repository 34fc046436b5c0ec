// SPDX-License-Identifier: Apache-2.0

import { Button } from "@convoke/ui";
import type { MappingRow } from "../api";
import { fieldName } from "./names";
import { useKeys } from "./useKeys";

interface MappingRowsProps {
  rows: MappingRow[];
  fields: string[];
  onChange: (rows: MappingRow[]) => void;
}

/** Which attribute gives which field. Of several for one field the first that came counts. */
export function MappingRows({ rows, fields, onChange }: MappingRowsProps) {
  const keys = useKeys(rows.length);
  const put = (at: number, part: Partial<MappingRow>) =>
    onChange(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  return (
    <section className="card mapping__part" aria-label="Attributes">
      <h2>Attributes</h2>
      <ol className="mapping__lines">
        {rows.map((row, i) => (
          <li key={keys.at(i)} className="mapping__row" data-testid="mapping-row">
            <input
              className="cv-input"
              aria-label={`Attribute ${i + 1}`}
              value={row.attribute}
              spellCheck={false}
              autoCapitalize="none"
              onChange={(event) => put(i, { attribute: event.target.value })}
              data-testid="row-attribute"
            />
            <select
              className="cv-input cv-input--select"
              aria-label={`Field of attribute ${i + 1}`}
              value={row.field}
              onChange={(event) => put(i, { field: event.target.value })}
              data-testid="row-field"
            >
              {fields.map((field) => (
                <option key={field} value={field}>
                  {fieldName(field)}
                </option>
              ))}
            </select>
            <Button
              size="sm"
              variant="quiet"
              aria-label={`Remove attribute ${i + 1}`}
              onClick={() => {
                keys.remove(i);
                onChange(rows.filter((_, at) => at !== i));
              }}
            >
              Remove
            </Button>
          </li>
        ))}
      </ol>
      <div>
        <Button
          size="sm"
          onClick={() => onChange([...rows, { attribute: "", field: fields[0] ?? "email" }])}
          data-testid="row-add"
        >
          Add an attribute
        </Button>
      </div>
    </section>
  );
}
