// SPDX-License-Identifier: Apache-2.0

export interface Size {
  width: number;
  height: number;
}

export interface Grid {
  columns: number;
  /** The size of one tile, in CSS pixels. */
  tile: Size;
}

/** The room between tiles, in CSS pixels. The style sheet uses the same number. */
export const gap = 10;

/**
 * The shapes a tile may take, as width over height. Cameras send 16 to 9, and a
 * wide window shows all of that; a phone held upright crops it, to fill itself.
 */
const widest = 16 / 9;
const tallest = (box: Size) => (box.width > box.height ? widest : 3 / 4);

/** Below this width a tile says nothing any more; the grid then scrolls instead. */
const narrowestTile = 150;

/** Finds the number of columns that gives `count` equal tiles the largest area in the box. */
export function fitGrid(count: number, box: Size): Grid {
  let best: Grid = { columns: 1, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= count; columns++) {
    const tile = tileIn(columns, Math.ceil(count / columns), box);
    if (area(tile) > area(best.tile)) best = { columns, tile };
  }
  return best.tile.width < narrowestTile ? scrolling(box) : best;
}

function tileIn(columns: number, rows: number, box: Size): Size {
  const width = (box.width - gap * (columns - 1)) / columns;
  const height = (box.height - gap * (rows - 1)) / rows;
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  return {
    width: Math.floor(Math.min(width, height * widest)),
    height: Math.floor(Math.min(height, width / tallest(box))),
  };
}

/** As many columns as still can be read, and as many rows as it takes. */
function scrolling(box: Size): Grid {
  const columns = Math.max(1, Math.floor((box.width + gap) / (narrowestTile + gap)));
  const width = Math.floor((box.width - gap * (columns - 1)) / columns);
  return { columns, tile: { width, height: Math.floor(width / widest) } };
}

function area(size: Size): number {
  return size.width * size.height;
}
