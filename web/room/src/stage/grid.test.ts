// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { fitGrid, gap } from "./grid";

const wide = { width: 1400, height: 780 };
const phone = { width: 366, height: 690 };

test.each([
  [1, 1],
  [2, 2],
  [4, 2],
  [9, 3],
])("%i people on a wide window stand in %i columns", (count, columns) => {
  expect(fitGrid(count, wide).columns).toBe(columns);
});

test.each([
  [1, 1],
  [2, 1],
  [6, 2],
])("%i people on a phone stand in %i columns", (count, columns) => {
  expect(fitGrid(count, phone).columns).toBe(columns);
});

test.each([1, 2, 3, 5, 7, 12, 16])("%i tiles fit into the box", (count) => {
  const { columns, tile } = fitGrid(count, wide);
  const rows = Math.ceil(count / columns);
  expect(columns * tile.width + (columns - 1) * gap).toBeLessThanOrEqual(wide.width);
  expect(rows * tile.height + (rows - 1) * gap).toBeLessThanOrEqual(wide.height);
});

test("a tile is never wider than video", () => {
  const { tile } = fitGrid(1, { width: 3000, height: 400 });
  expect(tile.width / tile.height).toBeCloseTo(16 / 9, 1);
});

test.each([
  [1, wide],
  [2, wide],
  [2, { width: 884, height: 620 }],
  [5, wide],
])("nothing of the picture of %i people is cropped on a wide window", (count, box) => {
  const { tile } = fitGrid(count, box);
  expect(tile.width / tile.height).toBeCloseTo(16 / 9, 1);
});

test("with a panel beside them two people stand one above the other, larger so", () => {
  expect(fitGrid(2, { width: 884, height: 620 }).columns).toBe(1);
});

test("a crowd scrolls instead of shrinking to stamps", () => {
  const { tile, columns } = fitGrid(200, phone);
  expect(tile.width).toBeGreaterThanOrEqual(150);
  expect(columns).toBe(2);
});

test("a box without a size gives no negative tiles", () => {
  const { tile } = fitGrid(3, { width: 0, height: 0 });
  expect(tile.height).toBeGreaterThanOrEqual(0);
});
