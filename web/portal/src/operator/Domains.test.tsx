// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Domain } from "../api";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { Domains } from "./Domains";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const tag = '<meta name="convoke-verify" content="t">';

function domain(name: string, more: Partial<Domain> = {}): Domain {
  return {
    domain: name,
    state: "unverified",
    trusted: false,
    exclusive: false,
    force_sso: false,
    sso_exceptions: [],
    verified_at: null,
    checked_at: null,
    next_check_at: null,
    lapses_at: null,
    warning: "",
    proofs: {
      dns_txt: { name, value: "convoke-verify=t" },
      html_file: { url: `https://${name}/f`, path: "/f", content: "convoke-verify=t" },
      meta_tag: { url: `https://${name}/`, tag },
    },
    ...more,
  };
}

function open(domains: Domain[], answers: Record<string, Answer> = {}) {
  const calls = serve({
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/domains": { status: 200, body: { domains } },
    ...answers,
  });
  render(
    <ToastProvider>
      <SessionProvider>
        <Domains />
      </SessionProvider>
    </ToastProvider>,
  );
  return calls;
}

test("a domain is added, and its three proofs are shown", async () => {
  const calls = open([], {
    "POST /portal/api/domains": { status: 201, body: domain("example.com") },
  });
  expect(await screen.findByText("No domains yet")).toBeTruthy();
  expect(screen.getByText(/come in by single sign-on without a mail/)).toBeTruthy();
  fireEvent.change(screen.getByTestId("domain-name"), { target: { value: "Example.com" } });
  fireEvent.click(screen.getByTestId("domain-add"));
  const card = await screen.findByTestId("domain");
  expect(within(card).getAllByTestId("proof")).toHaveLength(3);
  expect(card.textContent).toContain(tag);
  expect(screen.queryByText("No domains yet")).toBeNull();
  expect(calls.at(-1)?.body).toEqual({ domain: "Example.com" });
});

test("a name that is refused says why at the field", async () => {
  open([], {
    "POST /portal/api/domains": problem(400, "invalid_field", "The domain must look right."),
  });
  fireEvent.change(await screen.findByTestId("domain-name"), { target: { value: "co.uk" } });
  fireEvent.click(screen.getByTestId("domain-add"));
  expect(await screen.findByText("The domain must look right.")).toBeTruthy();
  expect(screen.getByTestId("domain-name").getAttribute("aria-invalid")).toBe("true");
});

test("a look tells for each proof what was expected and what was there", async () => {
  open([domain("example.com")], {
    "POST /portal/api/domains/example.com/verify": {
      status: 200,
      body: {
        domain: domain("example.com", { state: "verified", verified_at: "2026-11-23T09:00:00Z" }),
        findings: [
          { method: "dns_txt", found: true, where: "example.com", expected: "e", got: ["e"] },
          {
            method: "html_file",
            found: false,
            where: "https://example.com/f",
            expected: "the expected line",
            got: ["another line"],
            problem: "None of its lines is the expected one.",
          },
        ],
      },
    },
  });
  fireEvent.click(await screen.findByTestId("domain-verify"));
  const [record, file] = await screen.findAllByTestId("finding");
  expect(record?.dataset["found"]).toBe("true");
  expect(record?.textContent).not.toContain("Expected");
  for (const text of ["Not found", "the expected line", "another line", "None of its lines"]) {
    expect(file?.textContent).toContain(text);
  }
  expect(screen.getByTestId("domain").dataset["state"]).toBe("verified");
});

test("a domain that is about to lapse warns; a trusted one shows no proofs", async () => {
  open([
    domain("a.example", { state: "lapsing", warning: "No proof was found since Monday." }),
    domain("b.example", { state: "verified", trusted: true }),
  ]);
  const [lapsing, trusted] = await screen.findAllByTestId("domain");
  expect(within(lapsing as HTMLElement).getByRole("status").textContent).toContain("since Monday");
  expect(lapsing?.querySelector("details")?.open).toBe(true);
  expect(trusted?.querySelector("details")).toBeNull();
  expect(trusted?.textContent).toContain("Trusted");
  expect(screen.getAllByTestId("domain-verify")).toHaveLength(1);
});

test("the switch asks the server, and shows what it says", async () => {
  const calls = open([domain("example.com")], {
    "PUT /portal/api/domains/example.com": {
      status: 200,
      body: domain("example.com", { exclusive: true }),
    },
  });
  const box = (await screen.findByTestId("domain-exclusive")) as HTMLInputElement;
  fireEvent.click(box);
  await waitFor(() => expect(box.checked).toBe(true));
  expect(calls.at(-1)?.body).toEqual({ exclusive: true });
});
