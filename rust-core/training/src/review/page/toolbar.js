// Views, sorting and the size of pictures.

import { byId, el, setText } from "./dom.js";
import { count, words } from "./format.js";
import { VIEWS } from "./groups.js";

const SOURCES = { file: "File", check: "Picture", metadata: "Metadata", findings: "Findings" };

export class Toolbar {
  #model;
  #filters;
  #ui;
  #changed;

  // `changed(what)` is called after a choice: "view", "sort" or "search".
  constructor(model, filters, ui, changed) {
    this.#model = model;
    this.#filters = filters;
    this.#ui = ui;
    this.#changed = changed;
    byId("search").value = filters.search;
    byId("search").addEventListener("input", (event) => {
      filters.search = event.target.value;
      changed("search");
    });
    byId("sort").addEventListener("change", (event) => {
      filters.sort = Number(event.target.value);
      changed("sort");
    });
    byId("direction").addEventListener("click", () => {
      filters.descending = !filters.descending;
      changed("sort");
    });
    byId("views").addEventListener("keydown", (event) => this.#step(event));
  }

  // The choices of columns; once a listing.
  drawColumns() {
    const groups = [el("option", { value: -1 }, "name")];
    for (const [source, title] of Object.entries(SOURCES)) {
      const options = [...this.#model.columns.entries()]
        .filter(([, column]) => column.source === source)
        .map(([index, column]) => el("option", { value: index }, words(column.name)));
      if (options.length) groups.push(el("optgroup", { label: title }, ...options));
    }
    byId("sort").replaceChildren(...groups);
  }

  draw(pending) {
    const { sort, descending } = this.#filters;
    byId("sort").value = sort;
    const direction = byId("direction");
    setText(direction, descending ? "↓" : "↑");
    direction.title = direction.ariaLabel = descending ? "Greatest first" : "Least first";
    if (byId("views").childElementCount === 0) this.#makeViews();
    for (const tab of byId("views").children) {
      const isChosen = tab.dataset.view === this.#ui.view;
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
    }
    setText(byId("views").querySelector("[data-view=pending] .count"), pending ? count(pending) : "");
  }

  #makeViews() {
    const tabs = Object.entries(VIEWS).map(([key, { name }]) => el("button", {
      type: "button", role: "tab", "data-view": key, "aria-controls": "grid", onclick: () => this.#open(key),
    }, name, el("span", { class: "count" })));
    byId("views").replaceChildren(...tabs);
  }

  #open(view) {
    this.#ui.view = view;
    this.#changed("view");
  }

  #step(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const keys = Object.keys(VIEWS);
    const next = (keys.indexOf(this.#ui.view) + step + keys.length) % keys.length;
    this.#open(keys[next]);
    byId("views").children[next].focus();
  }
}
