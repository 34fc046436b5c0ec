// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { type Link, parseLink } from "./link";

const at = (address: string) => parseLink(new URL(address, "https://convoke.example"));

test.each<[string, Link]>([
  ["/s/93123456789?zak=ey.J", { kind: "start", meeting_id: "93123456789", zak: "ey.J" }],
  ["/j/93123456789?pwd=a%2Bb", { kind: "join", meeting_id: "93123456789", pwd: "a+b" }],
  ["/j/93123456789", { kind: "join", meeting_id: "93123456789", pwd: "" }],
  ["/t/abc-DEF_1", { kind: "ticket", ticket: "abc-DEF_1" }],
  ["/my/j%C3%A4ne?pwd=1", { kind: "personal", name: "jäne", pwd: "1" }],
])("%s", (address, link) => {
  expect(at(address)).toEqual(link);
});

test.each(["/", "/j", "/j/", "/j/1/2", "/x/1"])("%s is no link", (address) => {
  expect(at(address)).toBeUndefined();
});

test("a broken escape is left to the server to refuse", () => {
  expect(parseLink({ pathname: "/t/%E0%A4%A", search: "" })).toEqual({
    kind: "ticket",
    ticket: "%E0%A4%A",
  });
});
