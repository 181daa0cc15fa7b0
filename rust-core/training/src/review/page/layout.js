// Where cells and headings stand, without elements: rows of cells, each group below a heading.

export const HEADING = 40;
const GAP = 8;
const CAPTION = 38;

export class Layout {
  columns = 1;
  height = 0;
  cell = 0;
  row = 0;
  #count = 0;
  // Top of each group's heading, and the number of rows before its first.
  #tops = [];
  groups = [];

  // `groups` are {start, count, …} in their order, or null for one without a heading.
  constructor(count, groups, width, size) {
    this.#count = count;
    this.columns = Math.max(1, Math.floor((width - GAP) / (size + GAP)));
    // What is left over widens the cells.
    this.cell = Math.floor((width - GAP) / this.columns) - GAP;
    this.row = this.cell + CAPTION + GAP;
    this.heading = groups ? HEADING : 0;
    this.groups = groups ?? [{ start: 0, count }];
    let top = groups ? 0 : GAP;
    for (const group of this.groups) {
      this.#tops.push(top);
      top += this.heading + Math.ceil(group.count / this.columns) * this.row;
    }
    this.height = top;
  }

  // The last group whose heading is not below y.
  #groupAt(y) {
    let [low, high] = [0, this.#tops.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle;
    }
    return low;
  }

  #groupOf(index) {
    let [low, high] = [0, this.groups.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.groups[middle].start <= index) low = middle;
      else high = middle;
    }
    return low;
  }

  place(index) {
    const at = this.#groupOf(index);
    const inside = index - this.groups[at].start;
    return {
      x: GAP + (inside % this.columns) * (this.cell + GAP),
      y: this.#tops[at] + this.heading + Math.floor(inside / this.columns) * this.row,
    };
  }

  // Indices of the cells and groups between two heights.
  between(top, bottom) {
    const cells = [];
    const headings = [];
    for (let at = this.#groupAt(Math.max(0, top)); at < this.groups.length; at++) {
      const y = this.#tops[at];
      if (y > bottom) break;
      const { start, count } = this.groups[at];
      if (this.heading && y + this.heading >= top) headings.push({ at, y });
      const first = Math.max(0, Math.floor((top - y - this.heading) / this.row));
      const last = Math.floor((bottom - y - this.heading) / this.row);
      const end = Math.min(count, (last + 1) * this.columns);
      for (let inside = first * this.columns; inside < end; inside++) cells.push(start + inside);
    }
    return { cells, headings };
  }

  // The index that one step leads to: a row up or down keeps the column, across groups too.
  step(index, rows) {
    const at = this.#groupOf(index);
    const { start, count } = this.groups[at];
    const inside = index - start;
    const column = inside % this.columns;
    const row = Math.floor(inside / this.columns) + rows;
    const rowsHere = Math.ceil(count / this.columns);
    if (row >= 0 && row < rowsHere) return start + Math.min(count - 1, row * this.columns + column);
    const next = this.groups[at + Math.sign(rows)];
    if (!next) return index;
    const nextRow = rows > 0 ? 0 : Math.ceil(next.count / this.columns) - 1;
    return next.start + Math.min(next.count - 1, nextRow * this.columns + column);
  }

  // Rows of cells on a screen of this height.
  rowsIn(height) {
    return Math.max(1, Math.floor(height / this.row));
  }

  clamp(index) {
    return Math.min(this.#count - 1, Math.max(0, index));
  }
}
