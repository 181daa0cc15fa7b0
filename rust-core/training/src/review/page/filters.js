// Which pictures are shown, and in which order.

export class Filters {
  // Indices of classes; none stands for all.
  classes = new Set();
  // {from, to} by index of the column; either end may be missing.
  ranges = new Map();
  search = "";
  // Column to sort by, -1 for names.
  sort = -1;
  descending = false;

  setRange(column, from, to) {
    if (from === null && to === null) this.ranges.delete(column);
    else this.ranges.set(column, { from, to });
  }

  toJson() {
    return { ...this, classes: [...this.classes], ranges: [...this.ranges] };
  }

  static from({ classes = [], ranges = [], ...rest }) {
    return Object.assign(new Filters(), rest, { classes: new Set(classes), ranges: new Map(ranges) });
  }
}

// Whether a picture passes all filters; `but` is a column whose own range does not count.
export async function makeTest(model, filters, but = null) {
  const { classes, search } = filters;
  const needle = search.trim().toLowerCase();
  const ranges = [];
  for (const [column, { from, to }] of filters.ranges) {
    if (column === but) continue;
    ranges.push([await model.numbers(column), from ?? -Infinity, to ?? Infinity]);
  }
  return (id) =>
    (classes.size === 0 || classes.has(model.classOf[id])) &&
    // Not a number is in no range.
    ranges.every(([numbers, from, to]) => numbers[id] >= from && numbers[id] <= to) &&
    (needle === "" || model.names[id].toLowerCase().includes(needle));
}

export async function shownIds(model, filters) {
  const order = await model.order(filters.sort, filters.descending);
  return order.filter(await makeTest(model, filters));
}
