// What the server knows of all pictures. A picture is its index in one revision of the listing.

import { getBuffer, getJson } from "./api.js";

export class Model extends EventTarget {
  revision = 0;
  total = 0;
  classes = [];
  columns = [];
  names = [];
  classOf = new Uint16Array(0);
  counts = [];
  state = {};
  #numbers = new Map();
  #orders = new Map();
  #duplicates = null;
  #faults = null;
  #suggestions = null;

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  // Asks how things stand; lists anew where indices have another meaning.
  async update() {
    const { review, trouble } = await getJson("state");
    const before = this.state;
    this.state = { ...review, trouble };
    if (review.revision !== this.revision) {
      await this.#list(review);
      this.#tell("listed");
    } else if (review.surveyed !== before.surveyed || review.compared !== before.compared) {
      this.#forgetChecked();
      this.#tell("surveyed");
    }
    this.#tell("state");
  }

  async #list(review) {
    const names = [];
    const classOf = new Uint16Array(review.total);
    const counts = review.classes.map(() => 0);
    while (names.length < review.total) {
      const page = await getJson(`listing/${review.revision}?from=${names.length}`);
      if (page.names.length === 0) break;
      for (const [index, of] of page.classes.entries()) {
        classOf[names.length + index] = of;
        counts[of] += 1;
      }
      for (const name of page.names) names.push(name);
    }
    const { revision, total, classes, columns } = review;
    Object.assign(this, { revision, total, classes, columns, names, classOf, counts });
    this.#numbers.clear();
    this.#orders.clear();
    this.#duplicates = this.#faults = this.#suggestions = null;
  }

  #forgetChecked() {
    for (const [index, column] of this.columns.entries()) {
      if (column.source !== "check") continue;
      this.#numbers.delete(index);
      this.#orders.delete(`${index}/ascending`);
      this.#orders.delete(`${index}/descending`);
    }
    this.#faults = null;
    if (!this.state.compared) this.#duplicates = null;
  }

  path(id) {
    return `${this.classes[this.classOf[id]]}/${this.names[id]}`;
  }

  columnIndex(name) {
    return this.columns.findIndex((column) => column.name === name);
  }

  // The numbers of a column by index of the picture; NaN where there is none.
  async numbers(index) {
    return this.#once(this.#numbers, index, async () =>
      new Float64Array(await getBuffer(`columns/${this.revision}/${index}`)));
  }

  // All pictures in the order of a column; -1 stands for names.
  async order(index, descending) {
    const key = `${index}/${descending ? "descending" : "ascending"}`;
    return this.#once(this.#orders, key, async () => {
      if (index >= 0) return new Uint32Array(await getBuffer(`orders/${this.revision}/${key}`));
      const ids = Uint32Array.from({ length: this.total }, (_, id) => id);
      return descending ? ids.reverse() : ids;
    });
  }

  async #once(cache, key, make) {
    if (!cache.has(key)) {
      const made = make();
      cache.set(key, made);
      made.catch(() => cache.delete(key));
    }
    return cache.get(key);
  }

  // Groups of the same picture; null until all pictures were compared.
  async duplicates() {
    if (!this.#duplicates && this.state.compared) this.#duplicates = await getJson(`duplicates/${this.revision}`);
    return this.#duplicates;
  }

  // Classes by id that another tool suggests.
  async suggestions() {
    this.#suggestions ??= new Map(await getJson(`suggestions/${this.revision}`));
    return this.#suggestions;
  }

  // Pictures by what is wrong with them.
  async faults() {
    this.#faults ??= await getJson(`faults/${this.revision}`);
    return this.#faults;
  }
}
