// SPDX-License-Identifier: Apache-2.0

import { Banner, Button, Loading, type Problem, problemOf, Select, useSay } from "@convoke/ui";
import { useId, useState } from "react";
import { api, type Licence, licences, type MappingPage, type Mapping as Settings } from "../api";
import { useSession } from "../session";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { useLoad } from "../useLoad";
import { MappingPreview } from "./MappingPreview";
import { MappingRows } from "./MappingRows";
import { MappingRules } from "./MappingRules";
import { licenceNames } from "./names";
import "./mapping.css";

/** What the account makes of the attributes of its identity provider. */
export function Mapping() {
  const { data, problem, reload } = useLoad(api.mapping);
  return (
    <>
      <PageHead title="Sign-in mapping">
        What a single sign-on makes of the attributes that the identity provider sends.
      </PageHead>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading the mapping" />}
      {data && <MappingForm page={data} />}
    </>
  );
}

function MappingForm({ page }: { page: MappingPage }) {
  const [mapping, setMapping] = useState(page.mapping);
  const { busy, problem, save } = useSave(setMapping);
  const change = (part: Partial<Settings>) => setMapping((now) => ({ ...now, ...part }));
  return (
    <div className="mapping">
      <section className="card mapping__part">
        <Select
          label="Default licence of a new user"
          value={mapping.default_license_type}
          onChange={(event) => change({ default_license_type: event.target.value as Licence })}
          data-testid="mapping-default"
          hint="With “No access”, nobody is made whom no rule gives a licence."
        >
          {licences.map((licence) => (
            <option key={licence} value={licence}>
              {licenceNames[licence]}
            </option>
          ))}
        </Select>
        <Switch
          label="Update names and the picture at each sign-in, not at the first only"
          on={mapping.update_at_each_sign_in}
          onChange={(on) => change({ update_at_each_sign_in: on })}
          testId="mapping-update"
        />
        <Switch
          label="Keep the attributes of the latest 20 sign-ins for 30 days, for the preview"
          on={mapping.save_response_logs}
          onChange={(on) => change({ save_response_logs: on })}
          testId="mapping-logs"
        />
      </section>
      <MappingRows rows={mapping.rows} fields={page.fields} onChange={(rows) => change({ rows })} />
      <MappingRules rules={mapping.rules} onChange={(rules) => change({ rules })} />
      {problem && <Banner tone="danger">{problem.detail}</Banner>}
      <div>
        <Button
          variant="primary"
          busy={busy}
          onClick={() => save(mapping)}
          data-testid="mapping-save"
        >
          Save the mapping
        </Button>
      </div>
      <MappingPreview mapping={mapping} assertions={page.assertions} />
    </div>
  );
}

interface SwitchProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  testId: string;
}

function Switch({ label, on, onChange, testId }: SwitchProps) {
  const id = useId();
  return (
    <div className="mapping__switch">
      <input
        id={id}
        type="checkbox"
        checked={on}
        onChange={(event) => onChange(event.target.checked)}
        data-testid={testId}
      />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}

function useSave(onSaved: (mapping: Settings) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();
  const say = useSay();

  async function save(mapping: Settings) {
    setBusy(true);
    try {
      onSaved(await api.setMapping(mapping));
      setProblem(undefined);
      say("The mapping is saved. It holds from the next sign-in on.");
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, save };
}
