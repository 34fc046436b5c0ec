// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { linkify } from "./linkify";

const origin = "https://convoke.example";
const links = (text: string) =>
  linkify(text, origin).flatMap((stretch) => (stretch.href === undefined ? [] : [stretch.href]));

test("a link back to this server can be followed, without the full stop behind it", () => {
  expect(links("Open https://convoke.example/activate/abc.")).toEqual([
    "https://convoke.example/activate/abc",
  ]);
});

test.each([
  "https://elsewhere.example/x",
  "https://convoke.example.evil.example/x",
  "https://convoke.example@evil.example/x",
  "http://convoke.example/x",
  "javascript:alert(1)",
])("%s stays text", (address) => {
  expect(links(`see ${address} here`)).toEqual([]);
});

test.each([
  "no address at all",
  "a https://convoke.example/1 and https://elsewhere.example/2 and https://convoke.example/3, end",
  "",
])("no character is lost in %j", (text) => {
  const stretches = linkify(text, origin);
  expect(stretches.map((stretch) => stretch.text).join("")).toBe(text);
});
