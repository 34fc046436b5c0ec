// SPDX-License-Identifier: Apache-2.0

import { ToastProvider } from "@convoke/ui";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { App } from "../App";
import type { ImportJob } from "../api";
import { SessionProvider } from "../session";
import { type Answer, problem, serve } from "../testing/serve";
import { timeLeft } from "./ImportProgress";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const dryRun: ImportJob = {
  id: "i1",
  state: "done",
  reason: "",
  dry_run: true,
  file_name: "people.csv",
  rows_total: 1200,
  rows_done: 1200,
  rows_per_second: 9000,
  seconds_left: 0,
  counts: { create: 1190, update: 5, skip: 3, conflict: 1, error: 1 },
  warnings: ['The column "Room" is not known here.'],
  created_at: "2026-03-31T12:00:00Z",
  finished_at: "2026-03-31T12:00:01Z",
};
const running: ImportJob = {
  ...dryRun,
  id: "i2",
  dry_run: false,
  state: "running",
  rows_done: 300,
  seconds_left: 75,
  finished_at: null,
};

function answers(): Record<string, Answer> {
  return {
    "GET /portal/api/session": {
      status: 200,
      body: { kind: "operator", account: { id: "a1", name: "Northwind" } },
    },
    "GET /portal/api/imports?next_page_token=": {
      status: 200,
      body: { imports: [], next_page_token: "" },
    },
    "POST /portal/api/imports?file_name=people.csv&action=update&dry_run=true": {
      status: 202,
      body: { ...dryRun, state: "waiting", rows_done: 0 },
    },
    "GET /portal/api/imports/i1": { status: 200, body: dryRun },
    "GET /portal/api/imports/i1/problems": {
      status: 200,
      body: {
        rows: [
          { row: 7, outcome: "error", message: "The e-mail is malformed.", input: ["x", "", "y"] },
        ],
      },
    },
    "POST /portal/api/imports?file_name=people.csv&action=update&dry_run=false": {
      status: 202,
      body: running,
    },
    "GET /portal/api/imports/i2": { status: 200, body: running },
    "POST /portal/api/imports/i2/cancel": { status: 200, body: { ...running, state: "cancelled" } },
  };
}

function open(server: Record<string, Answer>) {
  window.history.replaceState(null, "", "/portal/imports");
  const calls = serve(server);
  render(
    <StrictMode>
      <ToastProvider>
        <SessionProvider>
          <App />
        </SessionProvider>
      </ToastProvider>
    </StrictMode>,
  );
  return calls;
}

const file = new File(["email\n"], "people.csv");

test("a file is previewed, run, followed and cancelled", async () => {
  const server = answers();
  open(server);
  fireEvent.change(await screen.findByTestId("import-action"), { target: { value: "update" } });
  fireEvent.drop(screen.getByTestId("import-drop"), { dataTransfer: { files: [file] } });

  const preview = await screen.findByTestId("import-problem", {}, { timeout: 3000 });
  expect(within(preview).getByText("The e-mail is malformed.")).toBeTruthy();
  expect(within(preview).getByText("x, y")).toBeTruthy();
  expect(screen.getByText('The column "Room" is not known here.')).toBeTruthy();
  const counts = screen.getAllByTestId("import-count").map((one) => one.textContent);
  expect(counts).toEqual(["Create1,190", "Update5", "Skip3", "Conflict1", "Error1"]);

  fireEvent.click(screen.getByTestId("import-start"));
  const bar = await screen.findByTestId("import-progress");
  expect(bar.getAttribute("value")).toBe("300");
  expect(screen.getByText(/9,000 rows a second, 1 min left/)).toBeTruthy();

  server["GET /portal/api/imports/i2"] = { status: 200, body: { ...running, state: "cancelled" } };
  fireEvent.click(screen.getByTestId("import-cancel"));
  await waitFor(() =>
    expect(screen.getByTestId("import-run").getAttribute("data-state")).toBe("cancelled"),
  );
  expect(screen.getByTestId("import-results").getAttribute("href")).toBe(
    "/portal/api/imports/i2/results",
  );
});

test("an import of before goes on, and is followed from the list", async () => {
  const server = answers();
  server["GET /portal/api/imports?next_page_token="] = {
    status: 200,
    body: { imports: [running], next_page_token: "" },
  };
  open(server);
  fireEvent.click(await screen.findByText("Follow"));
  const run = screen.getByTestId("import-run");
  expect(within(run).getByTestId("import-progress")).toBeTruthy();
  expect(document.activeElement).toBe(within(run).getByText("Importing"));
  server["GET /portal/api/imports/i2"] = { status: 200, body: { ...running, state: "cancelled" } };
  fireEvent.click(screen.getByTestId("import-cancel"));
  await waitFor(() => expect(run.getAttribute("data-state")).toBe("cancelled"));
});

test("an import that Convoke ended says why", async () => {
  const server = answers();
  const job = { ...running, state: "cancelled", reason: 'The app "shop" was revoked.' };
  server["GET /portal/api/imports?next_page_token="] = {
    status: 200,
    body: { imports: [job], next_page_token: "" },
  };
  server["GET /portal/api/imports/i2/problems"] = { status: 200, body: { rows: [] } };
  open(server);
  fireEvent.click(await screen.findByTestId("import-open"));
  expect(screen.getByText(/The app "shop" was revoked\. What was done stays\./)).toBeTruthy();
});

test("a preview of before cannot be run without its file", async () => {
  const server = answers();
  const job = { ...running, dry_run: true, state: "done" };
  server["GET /portal/api/imports?next_page_token="] = {
    status: 200,
    body: { imports: [job], next_page_token: "" },
  };
  server["GET /portal/api/imports/i2/problems"] = { status: 200, body: { rows: [] } };
  open(server);
  fireEvent.click(await screen.findByTestId("import-open"));
  expect(screen.getByText("Choose the file again to run it.")).toBeTruthy();
  expect(screen.queryByTestId("import-start")).toBeNull();
});

test("a file that is refused is said, with the line", async () => {
  const server = answers();
  server["POST /portal/api/imports?file_name=people.csv&action=&dry_run=true"] = problem(
    400,
    "invalid_file",
    "Line 3 is not UTF-8 text.",
  );
  open(server);
  fireEvent.change(await screen.findByTestId("import-input"), { target: { files: [file] } });
  expect(await screen.findByText("Line 3 is not UTF-8 text.")).toBeTruthy();
  expect(screen.queryByTestId("import-run")).toBeNull();
});

test("time left reads as people say it", () => {
  expect([5, 75, 3600, 5400].map(timeLeft)).toEqual(["5 s", "1 min", "1 h 0 min", "1 h 30 min"]);
});
