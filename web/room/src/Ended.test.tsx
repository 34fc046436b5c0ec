// SPDX-License-Identifier: Apache-2.0

import { leaveForRoom } from "@convoke/ui";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Ended } from "./Ended";

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

test.each(["left", "ended"] as const)("who %s a room of the portal's goes back there", (reason) => {
  window.history.replaceState(null, "", "/s/81234567890");
  leaveForRoom("/s/81234567890");
  render(<Ended reason={reason} onRejoin={vi.fn()} />);
  expect(screen.getByTestId("back-to-meetings").getAttribute("href")).toBe("/portal/home");
});

test("who came by any other link is not sent to the portal", () => {
  leaveForRoom("/s/81234567890");
  window.history.replaceState(null, "", "/j/81234567890");
  render(<Ended reason="left" onRejoin={vi.fn()} />);
  expect(screen.queryByTestId("back-to-meetings")).toBeNull();
  expect(screen.getByText("Rejoin")).toBeTruthy();
});
