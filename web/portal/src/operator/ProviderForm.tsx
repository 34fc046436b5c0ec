// SPDX-License-Identifier: Apache-2.0

import { Button, Field, type Problem, problemOf, Select, useSay } from "@convoke/ui";
import { type FormEvent, useState } from "react";
import { useSession } from "../session";
import {
  type Binding,
  type FutureAddresses,
  type SingleSignOnForm,
  type SingleSignOnView,
  ssoApi,
} from "../sso";
import { ClientFields } from "./ClientFields";
import { FutureValues } from "./FutureValues";

interface ProviderFormProps {
  sso?: SingleSignOnView;
  future: FutureAddresses;
  onSet: (sso: SingleSignOnView) => void;
}

type Way = "file" | "url" | "fields" | "oidc";

/** Takes the identity provider's SAML metadata as a file or by its address or its values, or its OpenID issuer. */
export function ProviderForm({ sso, future, onSet }: ProviderFormProps) {
  const [way, setWay] = useState<Way>(sso?.protocol === "oidc" ? "oidc" : "file");
  const [vanity, setVanity] = useState("");
  const { busy, problem, submit } = useSet(way, onSet);
  const errorOf = (...fields: string[]) =>
    problem && fields.includes(problem.field ?? "") ? problem.detail : undefined;
  return (
    <form className="card sso__form" onSubmit={submit} aria-label="Identity provider">
      <Field
        label="Name in the sign-in address"
        name="vanity"
        defaultValue={sso?.vanity}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        minLength={4}
        maxLength={63}
        required
        data-testid="sso-vanity"
        hint={
          sso
            ? "Another name changes every address that the identity provider was told, and the former ones end at once."
            : "4 or more letters, digits and hyphens, such as your organisation’s name."
        }
        onChange={(event) => setVanity(event.currentTarget.value)}
        error={errorOf("vanity")}
      />
      {!sso && <FutureValues vanity={vanity} future={future} />}
      <Select
        label="The identity provider gives"
        value={way}
        onChange={(event) => setWay(event.currentTarget.value as Way)}
        data-testid="sso-way"
      >
        <option value="file">SAML: a metadata file</option>
        <option value="url">SAML: a metadata address</option>
        <option value="fields">SAML: values one by one</option>
        <option value="oidc">OpenID Connect: an issuer and a client</option>
      </Select>
      {way === "file" && (
        <Field
          label="Metadata file"
          name="file"
          type="file"
          accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
          required
          data-testid="sso-file"
          error={errorOf("metadata")}
        />
      )}
      {way === "url" && (
        <Field
          label="Metadata address"
          name="metadata_url"
          type="url"
          defaultValue={sso?.oidc ? "" : sso?.metadata_url}
          placeholder="https://idp.example.com/metadata"
          required
          data-testid="sso-url"
          hint="It is fetched again every day, so that a new certificate is known in time."
          error={errorOf("metadata", "metadata_url")}
        />
      )}
      {way === "fields" && <Fields sso={sso?.oidc ? undefined : sso} errorOf={errorOf} />}
      {way === "oidc" && <ClientFields client={sso?.oidc ?? undefined} errorOf={errorOf} />}
      {problem && !problem.field && <p className="cv-field__error">{problem.detail}</p>}
      <Button type="submit" variant="primary" busy={busy} data-testid="sso-set">
        {sso ? "Change" : "Set up"}
      </Button>
    </form>
  );
}

interface FieldsProps {
  sso: SingleSignOnView | undefined;
  errorOf: (...fields: string[]) => string | undefined;
}

function Fields({ sso, errorOf }: FieldsProps) {
  return (
    <>
      <Field
        label="Entity id"
        name="entity_id"
        defaultValue={sso?.entity_id}
        required
        data-testid="sso-field-entity-id"
        hint="Also called issuer."
        error={errorOf("entity_id")}
      />
      <Field
        label="Sign-in address"
        name="sign_in_url"
        type="url"
        defaultValue={sso?.sign_in_url}
        required
        data-testid="sso-field-sign-in-url"
        error={errorOf("sign_in_url")}
      />
      <Field
        label="Sign-out address"
        name="sign_out_url"
        type="url"
        defaultValue={sso?.sign_out_url}
        hint="Leave it empty for no single logout."
        data-testid="sso-field-sign-out-url"
        error={errorOf("sign_out_url")}
      />
      <Select
        label="Binding"
        name="binding"
        defaultValue={sso?.binding}
        data-testid="sso-field-binding"
      >
        <option>HTTP-Redirect</option>
        <option>HTTP-POST</option>
      </Select>
      <Field
        label="Certificate files"
        name="certificates"
        type="file"
        multiple
        required={!sso}
        data-testid="sso-field-certificates"
        hint="X.509 in PEM. Give the present and the next one while the key changes."
        error={errorOf("certificates")}
      />
    </>
  );
}

function useSet(way: Way, onSet: (sso: SingleSignOnView) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { expire } = useSession();
  const say = useSay();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    try {
      const { sso } = await ssoApi.set(await readForm(way, data));
      setProblem(undefined);
      say("Single sign-on is set up. Try it with a test sign-in.");
      onSet(sso);
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal.status === 401) expire();
      setProblem(refusal);
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, submit };
}

/** Reads what the form holds in the chosen way. A secret that is left empty stays as it is. */
export async function readForm(way: Way, data: FormData): Promise<SingleSignOnForm> {
  const text = (name: string) => String(data.get(name) ?? "");
  const form: SingleSignOnForm = {
    vanity: text("vanity"),
    protocol: way === "oidc" ? "oidc" : "saml",
  };
  switch (way) {
    case "file":
      return { ...form, metadata: await (data.get("file") as File).text(), metadata_url: "" };
    case "url":
      return { ...form, metadata_url: text("metadata_url") };
    case "oidc": {
      const secret = text("client_secret");
      return {
        ...form,
        issuer: text("issuer").trim(),
        client_id: text("client_id").trim(),
        scopes: text("scopes").split(/\s+/).filter(Boolean),
        hosted_domain: text("hosted_domain").trim(),
        ...(secret && { client_secret: secret }),
      };
    }
    case "fields": {
      const files = data
        .getAll("certificates")
        .filter((one) => one instanceof File && one.size > 0);
      const certificates = await Promise.all(files.map((file) => (file as File).text()));
      return {
        ...form,
        metadata_url: "",
        entity_id: text("entity_id"),
        sign_in_url: text("sign_in_url"),
        sign_out_url: text("sign_out_url"),
        binding: text("binding") as Binding,
        ...(certificates.length > 0 && { certificates }),
      };
    }
  }
}
