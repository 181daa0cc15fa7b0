// The grid: only what is in sight has elements.

import { describe, makeCell, showPicture } from "./cell.js";
import { byId, el } from "./dom.js";
import { Layout } from "./layout.js";
import { Thumbnails } from "./pictures.js";

const NOTHING = new Layout(0, null, 800, 160);
// Width of a letter below a picture, in pixels.
const LETTER = 6.6;
// Part of a screen above and below that is ready.
const AHEAD = 0.6;

export class Grid extends EventTarget {
  // Pictures in their order, by id.
  ids = new Uint32Array(0);
  // Index of the picture under the cursor, in ids.
  cursor = 0;
  selected = new Set();
  layout = NOTHING;
  thumbnails;
  #box = byId("grid");
  #canvas = byId("canvas");
  #groups = null;
  #size = 160;
  #anchor = 0;
  #cells = new Map();
  #idle = [];
  #made = 0;
  #headings = new Map();
  #frame = 0;
  // Whether the cursor was in sight when the grid was last drawn.
  #isSeen = true;
  #about;
  #heading;

  // `about(id)` describes a picture, `heading(group)` gives the content of a heading.
  constructor(model, about, heading) {
    super();
    this.#about = about;
    this.#heading = heading;
    this.thumbnails = new Thumbnails(model, (id, picture) => {
      for (const cell of this.#cells.values()) if (cell.id === id) showPicture(cell, picture);
    });
    this.#box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.#box.addEventListener("pointerdown", (event) => this.#press(event));
    this.#box.addEventListener("dblclick", (event) => this.#cellOf(event) && this.#tell("open"));
    new ResizeObserver(() => this.#arrange()).observe(this.#box);
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  get current() {
    return this.ids.length ? this.ids[this.cursor] : undefined;
  }

  // The pictures that a key is about: the selection, or the one under the cursor.
  get targets() {
    if (this.selected.size) return [...this.selected];
    return this.current === undefined ? [] : [this.current];
  }

  set size(size) {
    this.#size = size;
    this.#arrange();
  }

  // Shows other pictures; the cursor stays on its picture where that is among them.
  show(ids, groups) {
    const current = this.current;
    this.ids = ids;
    this.#groups = groups;
    const found = current === undefined ? -1 : ids.indexOf(current);
    this.cursor = found >= 0 ? found : Math.max(0, Math.min(this.cursor, ids.length - 1));
    this.#anchor = this.cursor;
    if (this.selected.size) {
      const shown = new Set(ids);
      this.selected = new Set([...this.selected].filter((id) => shown.has(id)));
    }
    for (const heading of this.#headings.values()) heading.remove();
    this.#headings.clear();
    this.#release(() => true);
    this.#arrange();
    this.#tell("moved");
  }

  // Indices have another meaning: nothing that is shown holds any more. The height stays, and so the place.
  reset() {
    this.thumbnails.clear();
    this.selected.clear();
    this.ids = new Uint32Array(0);
    this.layout = NOTHING;
    this.#release(() => true);
  }

  top() {
    this.#box.scrollTop = 0;
    this.move(0);
  }

  // The picture under the cursor stays in sight if it was; who has scrolled away is left there.
  #arrange() {
    const width = this.#box.clientWidth;
    if (width === 0) return;
    const wasSeen = this.#isSeen;
    this.layout = new Layout(this.ids.length, this.#groups, width, this.#size);
    this.#canvas.style.height = `${this.layout.height}px`;
    this.#canvas.style.setProperty("--cell", `${this.layout.cell}px`);
    if (wasSeen && this.ids.length) this.reveal();
    this.draw();
  }

  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow() {
    const { scrollTop, clientHeight } = this.#box;
    const ahead = clientHeight * AHEAD;
    const { cells, headings } = this.layout.between(scrollTop - ahead, scrollTop + clientHeight + ahead);
    const wanted = new Set(cells);
    this.#release((index) => !wanted.has(index));
    for (const index of cells) this.#cellAt(index);
    this.#drawHeadings(headings);
    const { y } = this.ids.length ? this.layout.place(this.cursor) : { y: 0 };
    this.#isSeen = y + this.layout.row > scrollTop && y < scrollTop + clientHeight;
    const middle = scrollTop + clientHeight / 2;
    const distance = (index) => Math.abs(this.layout.place(index).y + this.layout.row / 2 - middle);
    const near = cells.map((index) => [distance(index), this.ids[index]]).sort((a, b) => a[0] - b[0]);
    this.thumbnails.want(near.map(([, id]) => id));
    const active = this.#cells.get(this.cursor);
    if (active) this.#box.setAttribute("aria-activedescendant", active.root.id);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #release(isGone) {
    for (const [index, cell] of this.#cells) {
      if (!isGone(index)) continue;
      this.#cells.delete(index);
      cell.root.hidden = true;
      cell.root.classList.remove("current");
      cell.id = -1;
      this.#idle.push(cell);
    }
  }

  #cellAt(index) {
    let cell = this.#cells.get(index);
    if (!cell) {
      cell = this.#idle.pop() ?? makeCell(this.#made++);
      if (!cell.root.isConnected) this.#canvas.append(cell.root);
      cell.root.hidden = false;
      cell.index = index;
      this.#cells.set(index, cell);
    }
    const id = this.ids[index];
    const { x, y } = this.layout.place(index);
    const { root } = cell;
    root.style.transform = `translate(${x}px, ${y}px)`;
    if (cell.id !== id) {
      cell.id = id;
      root.dataset.id = id;
      root.setAttribute("aria-posinset", index + 1);
      showPicture(cell, this.thumbnails.get(id));
    }
    root.setAttribute("aria-setsize", this.ids.length);
    root.setAttribute("aria-selected", this.selected.has(id));
    root.classList.toggle("current", index === this.cursor);
    describe(cell, this.#about(id), this.layout.cell / LETTER);
  }

  #drawHeadings(headings) {
    const wanted = new Set(headings.map(({ at }) => at));
    for (const [at, heading] of this.#headings) {
      if (wanted.has(at)) continue;
      heading.remove();
      this.#headings.delete(at);
    }
    for (const { at, y } of headings) {
      let heading = this.#headings.get(at);
      if (!heading) {
        heading = el("div", { class: "heading", role: "presentation" }, ...this.#heading(this.layout.groups[at]));
        this.#headings.set(at, heading);
        this.#canvas.append(heading);
      }
      heading.style.transform = `translateY(${y}px)`;
    }
  }

  // Moves the cursor to an index; `extend` selects all up to there.
  move(index, extend = false) {
    if (!this.ids.length) return;
    this.cursor = this.layout.clamp(index);
    if (extend) this.#selectRun();
    else {
      this.#anchor = this.cursor;
      this.selected.clear();
    }
    this.reveal();
    this.draw();
    this.#tell("moved");
  }

  #selectRun() {
    const [from, to] = [this.#anchor, this.cursor].sort((a, b) => a - b);
    this.selected = new Set(this.ids.subarray(from, to + 1));
  }

  selectAll() {
    this.selected = new Set(this.ids);
    this.draw();
    this.#tell("moved");
  }

  clearSelection() {
    this.selected.clear();
    this.draw();
    this.#tell("moved");
  }

  goTo(id) {
    const index = this.ids.indexOf(id);
    if (index >= 0) this.move(index);
  }

  get rows() {
    return this.layout.rowsIn(this.#box.clientHeight);
  }

  // Scrolls as little as brings the cursor into sight.
  reveal() {
    const { y } = this.layout.place(this.cursor);
    const { scrollTop, clientHeight } = this.#box;
    if (y < scrollTop) this.#box.scrollTop = y - this.layout.heading;
    else if (y + this.layout.row > scrollTop + clientHeight) this.#box.scrollTop = y + this.layout.row - clientHeight;
  }

  focus() {
    this.#box.focus();
  }

  #cellOf(event) {
    const root = event.target.closest?.(".cell");
    return root && [...this.#cells.values()].find((cell) => cell.root === root);
  }

  #press(event) {
    const cell = this.#cellOf(event);
    if (!cell || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey) {
      if (!this.selected.size) this.selected.add(this.current);
      if (!this.selected.delete(cell.id)) this.selected.add(cell.id);
      this.cursor = this.#anchor = cell.index;
      this.draw();
      this.#tell("moved");
    } else this.move(cell.index, event.shiftKey);
  }
}
