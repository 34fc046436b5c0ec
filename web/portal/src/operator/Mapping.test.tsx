// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { MappingPage, SignInPreview } from "../api";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { Mapping } from "./Mapping";
import { readLines } from "./MappingPreview";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const page: MappingPage = {
  mapping: {
    default_license_type: "basic",
    rows: [{ attribute: "mail", field: "email" }],
    rules: [
      { attribute: "groups", match: "equals", value: "first", license_type: "licensed", role: "" },
      { attribute: "groups", match: "contains", value: "second", license_type: "none", role: "" },
    ],
    update_at_each_sign_in: false,
    save_response_logs: false,
  },
  fields: ["email", "dept"],
  assertions: [
    {
      id: "kept",
      at: "2026-11-23T09:00:00Z",
      subject: "ada",
      attributes: { groups: ["a", "b"] },
      code: "",
    },
  ],
};

const preview: SignInPreview = {
  outcome: "made",
  code: "",
  message: "",
  key: "ada",
  user_id: "",
  status: "active",
  license_type: "licensed",
  rule: 1,
  role: "admin",
  role_rule: 2,
  groups_joined: ["Staff"],
  groups_left: ["Guests"],
  groups_rule: 2,
  values: [{ field: "email", value: "ada@example.com", attribute: "mail" }],
  changes: [{ field: "license_type", from: "", to: "licensed" }],
  notes: ["dept is left out."],
};

function open(answers: Record<string, Answer>) {
  const calls = serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/mapping": { status: 200, body: page },
    ...answers,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Mapping />
      </SessionProvider>
    </ToastProvider>,
  );
  return calls;
}

test("a row and the order of the rules are saved as they stand on the page", async () => {
  const calls = open({ "PUT /portal/api/mapping": { status: 200, body: page.mapping } });
  fireEvent.click(await screen.findByTestId("row-add"));
  fireEvent.change(screen.getAllByTestId("row-attribute")[1] as HTMLElement, {
    target: { value: "department" },
  });
  fireEvent.change(screen.getAllByTestId("row-field")[1] as HTMLElement, {
    target: { value: "dept" },
  });
  fireEvent.click(screen.getAllByTestId("rule-up")[1] as HTMLElement);
  fireEvent.click(screen.getByTestId("mapping-save"));
  await waitFor(() => expect(calls.some((call) => call.route.startsWith("PUT"))).toBe(true));
  const sent = calls.find((call) => call.route.startsWith("PUT"))?.body as typeof page.mapping;
  expect(sent.rows).toEqual([
    { attribute: "mail", field: "email" },
    { attribute: "department", field: "dept" },
  ]);
  expect(sent.rules.map((rule) => rule.value)).toEqual(["second", "first"]);
});

test("a rule gives a role and groups, one a line", async () => {
  const calls = open({ "PUT /portal/api/mapping": { status: 200, body: page.mapping } });
  await screen.findByTestId("mapping-save");
  fireEvent.change(screen.getAllByTestId("rule-licence")[0] as HTMLElement, {
    target: { value: "" },
  });
  fireEvent.change(screen.getAllByTestId("rule-role")[0] as HTMLElement, {
    target: { value: "admin" },
  });
  fireEvent.change(screen.getAllByTestId("rule-groups")[0] as HTMLElement, {
    target: { value: "Staff\n  Teachers of Maths \n\n" },
  });
  fireEvent.click(screen.getByTestId("mapping-save"));
  await waitFor(() => expect(calls.some((call) => call.route.startsWith("PUT"))).toBe(true));
  const sent = calls.find((call) => call.route.startsWith("PUT"))?.body as typeof page.mapping;
  expect(sent.rules[0]).toEqual({
    attribute: "groups",
    match: "equals",
    value: "first",
    license_type: "",
    role: "admin",
    groups: ["Staff", "Teachers of Maths"],
  });
});

test("a refused mapping stays on the page with the reason", async () => {
  open({ "PUT /portal/api/mapping": problem(400, "invalid_field", "Rule 1 needs a value.") });
  fireEvent.click(await screen.findByTestId("mapping-save"));
  expect((await screen.findByRole("alert")).textContent).toContain("Rule 1 needs a value.");
  expect(screen.getAllByTestId("mapping-rule")).toHaveLength(2);
});

test("a past sign-in is previewed with the mapping on the page", async () => {
  const calls = open({ "POST /portal/api/mapping/preview": { status: 200, body: preview } });
  fireEvent.change(await screen.findByTestId("mapping-default"), { target: { value: "none" } });
  expect(screen.getByTestId("preview-received-groups").textContent).toBe("a, b");
  fireEvent.change(screen.getByTestId("preview-past"), { target: { value: "" } });
  expect(screen.queryByTestId("preview-received-groups")).toBeNull();
  fireEvent.change(screen.getByTestId("preview-past"), { target: { value: "kept" } });
  fireEvent.click(screen.getByTestId("preview-show"));
  expect((await screen.findByTestId("preview")).dataset["outcome"]).toBe("made");
  expect(screen.getByTestId("preview-value-email").textContent).toBe("ada@example.com");
  expect(screen.getByTestId("preview-changes").textContent).toContain("Licence: – → licensed");
  expect(screen.getByTestId("preview-changes").textContent).toContain("Into the group Staff");
  expect(screen.getByTestId("preview-changes").textContent).toContain("Out of the group Guests");
  expect(screen.getByTestId("preview").textContent).toContain("Rule 2 gave the role.");
  expect(screen.getByTestId("preview-notes").textContent).toContain("dept is left out.");
  expect(calls.at(-1)?.body).toEqual({
    assertion_id: "kept",
    mapping: { ...page.mapping, default_license_type: "none" },
  });
});

test("typed attributes may repeat a name", () => {
  expect(readLines("email = ada@example.com\n\ngroups=a\ngroups = b=c")).toEqual({
    attributes: { email: ["ada@example.com"], groups: ["a", "b=c"] },
  });
});

test.each([
  ["memberOf: lab", 1, "memberOf: lab"],
  ["mail = a\n\n = b", 3, "= b"],
])("of %j, line %i is not read", (text, number, unread) => {
  expect(readLines(text).unread).toEqual({ number, text: unread });
});

test("what is wrong with a typed sign-in stands at its fields, and nothing is asked", async () => {
  const calls = open({ "POST /portal/api/mapping/preview": { status: 200, body: preview } });
  fireEvent.change(await screen.findByTestId("preview-past"), { target: { value: "" } });
  const attributes = screen.getByTestId("preview-attributes");
  fireEvent.change(attributes, { target: { value: "memberOf: lab" } });
  fireEvent.click(screen.getByTestId("preview-show"));
  expect(noteOf(screen.getByTestId("preview-subject"))).toBe(
    "Give the subject: how the provider names the person.",
  );
  expect(noteOf(attributes)).toBe(
    "Line 1 cannot be read: “memberOf: lab”. A line is name = value.",
  );
  expect(attributes.getAttribute("aria-invalid")).toBe("true");
  expect(calls.some((call) => call.route.startsWith("POST"))).toBe(false);

  fireEvent.change(screen.getByTestId("preview-subject"), { target: { value: "ada" } });
  fireEvent.change(attributes, { target: { value: "memberOf = lab" } });
  fireEvent.click(screen.getByTestId("preview-show"));
  expect(await screen.findByTestId("preview")).toBeTruthy();
  expect(attributes.hasAttribute("aria-invalid")).toBe(false);
  expect(calls.at(-1)?.body).toMatchObject({ subject: "ada", attributes: { memberOf: ["lab"] } });
});

function noteOf(field: HTMLElement): string | null | undefined {
  return document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent;
}
