// The side panel: one picture with its boxes, and all that is known of it.

import { getJson } from "./api.js";
import { byId, el, svg } from "./dom.js";
import { bytes, columnValue, date, number, words } from "./format.js";
import { LargePictures } from "./pictures.js";

// A cursor that moves on is not looked at.
const REST_MS = 250;
const KINDS = { face: "face", latin: "Latin text", arabic: "Arabic text", unread: "text, not read" };
const COLOR = /^#[0-9a-f]{6}$/;

export class Panel {
  #model;
  #ui;
  #box = byId("panel");
  #pictures;
  #found = new Map();
  #shown;
  #timer = 0;
  #control = new AbortController();

  constructor(model, ui) {
    this.#model = model;
    this.#ui = ui;
    this.#pictures = new LargePictures(model, () => 1024);
  }

  reset() {
    this.#pictures.clear();
    this.#found.clear();
    this.#shown = undefined;
  }

  show(id) {
    this.#box.hidden = !this.#ui.panel;
    if (!this.#ui.panel || id === undefined || id === this.#shown) return;
    this.#shown = id;
    this.#control.abort();
    this.#control = new AbortController();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(id, this.#control.signal), REST_MS);
  }

  close() {
    this.#shown = undefined;
    this.#control.abort();
    clearTimeout(this.#timer);
    this.#box.hidden = true;
  }

  // Draws anew after boxes were turned on or off.
  again() {
    const id = this.#shown;
    this.#shown = undefined;
    this.show(id);
  }

  async #load(id, signal) {
    const frame = el("figure", {});
    const list = el("div", { class: "facts" });
    this.#box.replaceChildren(frame, list);
    const drawn = this.#drawPicture(id, frame, signal);
    const described = this.#describe(id, list, signal);
    for (const part of [drawn, described]) part.catch((error) => this.#tell(error, signal, list));
    const [, { value: row }] = await Promise.allSettled([drawn, described]);
    if (!signal.aborted && this.#model.state.has_extractor) {
      this.#extract(id, frame, list, row, signal).catch((error) => this.#tell(error, signal, list));
    }
  }

  #tell(error, signal, list) {
    if (!signal.aborted) list.append(el("p", { class: "trouble" }, error.message));
  }

  async #drawPicture(id, frame, signal) {
    const image = el("img", { alt: this.#model.names[id] });
    image.src = await this.#pictures.get(id, signal);
    if (!signal.aborted) frame.prepend(image);
  }

  // Gives the row of the table.
  async #describe(id, list, signal) {
    const { revision } = this.#model;
    const about = await getJson(`details/${revision}/${id}`, signal);
    const size = about.width ? `${about.width} × ${about.height}` : null;
    const rows = [
      ["file", el("bdi", {}, about.path)],
      ["kind", [about.format, size, bytes(about.bytes)].filter(Boolean).join(" · ")],
      ["changed", date(about.modified)],
      ...about.findings.map(([name, value]) => [words(name), typeof value === "number" ? number(value) : value]),
    ];
    for (const name of ["brightness", "contrast", "entropy", "sharpness"]) {
      if (about.quality) rows.push([name, number(about.quality[name])]);
    }
    const faults = (about.faults ?? []).map(({ fault, reason, name }) => [words(fault), reason ?? name].filter(Boolean).join(": "));
    list.append(el("h2", {}, "Picture"), table(rows));
    if (faults.length) list.append(el("ul", { class: "faults" }, ...faults.map((text) => el("li", {}, text))));
    const place = el("section", { class: "metadata" });
    list.append(place);
    if (about.columns) place.append(...columns(about.columns));
    return about.columns;
  }

  // `row` is what the table has of the picture, if there is one.
  async #extract(id, frame, list, row, signal) {
    let found = this.#found.get(id);
    if (!found) {
      const waiting = el("p", { class: "quiet" }, "Looking for faces and text …");
      list.append(waiting);
      try {
        found = await getJson(`metadata/${this.#model.revision}/${id}`, signal);
      } finally {
        waiting.remove();
      }
      this.#found.set(id, found);
      if (this.#found.size > 200) this.#found.delete(this.#found.keys().next().value);
    }
    if (signal.aborted) return;
    if (this.#ui.boxes) frame.append(boxes(found));
    frame.append(this.#legend(found.boxes));
    // The table may have been made of some parts only.
    const cells = found.columns.map(([name, value], index) => [name, row?.[index][1] ?? value]);
    list.querySelector(".metadata")?.replaceChildren(...columns(cells));
    const lines = found.boxes.filter(({ text }) => text);
    if (lines.length) {
      list.append(el("h2", {}, "Text"), el("ul", { class: "lines" },
        ...lines.map(({ kind, text }) => el("li", { class: kind, dir: "auto" }, text))));
    }
  }

  #legend(found) {
    const kinds = Object.entries(KINDS).filter(([kind]) => found.some((box) => box.kind === kind));
    const texts = kinds.map(([kind, name]) => {
      const count = found.filter((box) => box.kind === kind).length;
      return el("span", { class: kind }, `${count} × ${name}`);
    });
    return el("figcaption", {}, ...(texts.length ? texts : ["no faces, no text"]),
      el("span", { class: "quiet" }, this.#ui.boxes ? "" : "boxes are off (b)"));
  }
}

function table(rows) {
  return el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, value)]));
}

// The thesis's columns; colours as colours.
function columns(cells) {
  const show = (name, value) => {
    if (typeof value === "string" && COLOR.test(value)) return el("span", { class: "color", style: { "--color": value } }, value);
    return typeof value === "number" ? columnValue("", value) : (value ?? "–");
  };
  const list = table(cells.map(([name, value]) => [words(name), show(name, value)]));
  list.className = "columns";
  return [el("h2", {}, `Metadata, ${cells.length} columns`), list];
}

function boxes({ width, height, boxes: found }) {
  const shapes = found.flatMap(({ kind, corners, score, text }) => {
    const points = corners.map(({ x, y }) => `${x},${y}`).join(" ");
    const title = svg("title", {}, text || `${KINDS[kind]} ${Math.round(score * 100)} %`);
    return [svg("polygon", { class: "edge", points }), svg("polygon", { class: kind, points }, title)];
  });
  return svg("svg", { class: "boxes", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...shapes);
}
