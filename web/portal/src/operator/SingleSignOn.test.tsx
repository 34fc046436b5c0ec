// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { readForm } from "./ProviderForm";

function form(fields: Record<string, string | File>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

test("a metadata file goes whole, and is not fetched again", async () => {
  const file = new File(["<xml/>"], "idp.xml");
  expect(await readForm("file", form({ vanity: "acme", file }))).toEqual({
    vanity: "acme",
    protocol: "saml",
    metadata: "<xml/>",
    metadata_url: "",
  });
});

test("a metadata address goes alone", async () => {
  const address = "https://idp.example/m";
  expect(await readForm("url", form({ vanity: "acme", metadata_url: address }))).toEqual({
    vanity: "acme",
    protocol: "saml",
    metadata_url: address,
  });
});

test("values go one by one, and certificates only when there are any", async () => {
  const values = {
    vanity: "acme",
    entity_id: "e",
    sign_in_url: "https://idp.example/in",
    sign_out_url: "",
    binding: "HTTP-POST",
  };
  const sent = await readForm("fields", form({ ...values, certificates: new File([], "") }));
  expect(sent).toEqual({ ...values, protocol: "saml", metadata_url: "" });
  const certificates = new File(["PEM"], "idp.pem");
  expect((await readForm("fields", form({ ...values, certificates }))).certificates).toEqual([
    "PEM",
  ]);
});

test("an OpenID client goes with its secret only when there is one", async () => {
  const values = { vanity: "acme", issuer: " https://login.example ", client_id: "c" };
  const fields = { ...values, scopes: "openid  groups", client_secret: "" };
  const sent = {
    ...values,
    hosted_domain: "",
    issuer: "https://login.example",
    protocol: "oidc",
    scopes: ["openid", "groups"],
  };
  expect(await readForm("oidc", form(fields))).toEqual(sent);
  expect(await readForm("oidc", form({ ...fields, client_secret: "s" }))).toEqual({
    ...sent,
    client_secret: "s",
  });
});
