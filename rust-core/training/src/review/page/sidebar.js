// Classes with their counts and distributions, the plot of the sorted column, filters.

import { byId, el, setText, svg } from "./dom.js";
import { makeTest } from "./filters.js";
import { columnValue, count, words } from "./format.js";
import { ends, plot, smallPlot } from "./histogram.js";

// Okabe and Ito's colours and mixtures; after ten they come again.
export const colorOf = (index) => `var(--class-${index % 10})`;

// What relabels to a class, for the first ten.
export const keyOf = (index) => (index < 9 ? String(index + 1) : index === 9 ? "0" : "");

export class Sidebar {
  #model;
  #filters;
  #changed;

  constructor(model, filters, changed) {
    this.#model = model;
    this.#filters = filters;
    this.#changed = changed;
    byId("all-classes").addEventListener("click", () => {
      filters.classes.clear();
      changed();
    });
    for (const id of ["from", "to"]) byId(id).addEventListener("change", () => this.#typeRange());
  }

  async draw() {
    const model = this.#model;
    const { sort, classes } = this.#filters;
    const column = model.columns[sort];
    const numbers = column ? await model.numbers(sort) : null;
    const test = column ? await makeTest(model, this.#filters, sort) : null;
    const range = column ? ends(numbers, () => true) : null;
    byId("all-classes").hidden = classes.size === 0;
    byId("classes").replaceChildren(...model.classes.map((name, index) => this.#class(name, index, numbers, range)));
    this.#drawPlot(column, numbers, test);
    this.#drawFilters();
  }

  #class(name, index, numbers, range) {
    const { classes } = this.#filters;
    const model = this.#model;
    const choose = (event) => {
      const isOnly = classes.size === 1 && classes.has(index);
      const several = event.ctrlKey || event.metaKey || event.shiftKey;
      if (several && !classes.delete(index)) classes.add(index);
      else if (!several) {
        classes.clear();
        if (!isOnly) classes.add(index);
      }
      this.#changed();
    };
    const small = range && svg("svg", { viewBox: "0 0 72 16", preserveAspectRatio: "none", class: "small", "aria-hidden": "true" },
      smallPlot(numbers, (id) => model.classOf[id] === index, range));
    return el("li", {}, el("button", {
      type: "button", onclick: choose, "aria-pressed": String(classes.has(index)),
      title: "Click: this class only. Ctrl+click: several.", style: { "--color": colorOf(index) },
    }, el("kbd", {}, keyOf(index)), el("bdi", { class: "name" }, name), el("span", { class: "count" }, count(model.counts[index])), small));
  }

  #drawPlot(column, numbers, test) {
    const { sort, ranges } = this.#filters;
    const box = byId("distribution");
    // A plot under the pointer stays.
    if (box.querySelector("[data-brushing]")) return;
    const range = column && ends(numbers, test);
    box.hidden = !range;
    if (!range) return;
    const chosen = ranges.get(sort);
    setText(byId("plotted"), words(column.name));
    byId("histogram").replaceChildren(plot(column.name, numbers, test, range, chosen, (from, to) => this.#choose(from, to)));
    byId("from").value = rounded(chosen?.from);
    byId("to").value = rounded(chosen?.to);
  }

  #choose(from, to) {
    this.#filters.setRange(this.#filters.sort, from, to);
    this.#changed();
  }

  #typeRange() {
    const value = (id) => (byId(id).value === "" ? null : Number(byId(id).value));
    this.#choose(value("from"), value("to"));
  }

  #drawFilters() {
    const { ranges, classes, search } = this.#filters;
    const chip = (text, remove) => el("li", { class: "chip" }, el("bdi", {}, text),
      el("button", { type: "button", "aria-label": `Remove the filter ${text}`, onclick: () => { remove(); this.#changed(); } }, "✕"));
    const chips = [...ranges].map(([column, { from, to }]) => {
      const { name } = this.#model.columns[column];
      const show = (value) => columnValue(name, value);
      const text = from === null ? `${words(name)} ≤ ${show(to)}` : to === null ? `${words(name)} ≥ ${show(from)}` : `${words(name)} ${show(from)} – ${show(to)}`;
      return chip(text, () => ranges.delete(column));
    });
    for (const index of classes) chips.push(chip(this.#model.classes[index], () => classes.delete(index)));
    if (search.trim()) chips.push(chip(`“${search.trim()}”`, () => { this.#filters.search = byId("search").value = ""; }));
    if (!chips.length) chips.push(el("li", { class: "quiet" }, "None. Sort by a column and draw a range on its plot."));
    byId("filters").replaceChildren(...chips);
  }
}

const rounded = (value) => (value === null || value === undefined ? "" : String(Number(value.toPrecision(6))));
