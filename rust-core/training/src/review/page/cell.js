// One cell of the grid, used for one picture after the other.

import { el, setText } from "./dom.js";

export function makeCell(number) {
  const image = el("img", { alt: "", decoding: "async", draggable: "false" });
  const trouble = el("span", { class: "trouble" });
  const badge = el("span", { class: "badge" });
  const name = el("span", { class: "name", dir: "auto" });
  const value = el("span", { class: "value" });
  const root = el("div", { class: "cell", role: "option", id: `cell-${number}` },
    el("div", { class: "frame" }, image, trouble), badge, name, value);
  return { root, image, trouble, badge, name, value, index: -1, id: -1 };
}

// What tells one name from the next is at its end as often as at its beginning.
const TAIL = 12;

function shortened(name, room) {
  const letters = [...name];
  if (letters.length <= room) return name;
  return `${letters.slice(0, Math.max(4, room - TAIL - 1)).join("")}…${letters.slice(-TAIL).join("")}`;
}

// `room` is for how many letters of the name there is place. `about` is {name, className, value, wish, wishName, color}.
export function describe(cell, about, room) {
  const { root } = cell;
  const short = about.name.slice(about.name.lastIndexOf("/") + 1);
  setText(cell.name, shortened(short, room));
  setText(cell.value, about.value);
  root.title = `${about.className}/${about.name}`;
  const mark = about.wish === "trash" ? "trash" : about.wish ? "class" : "";
  root.dataset.mark = mark;
  setText(cell.badge, mark === "trash" ? "✕ trash" : mark ? `→ ${about.wishName}` : "");
  cell.badge.style.setProperty("--color", mark === "class" ? about.color : "");
  const fate = mark === "trash" ? ", marked for the trash" : mark ? `, to become ${about.wishName}` : "";
  root.setAttribute("aria-label", `${short}, ${about.className}${fate}`);
}

export function showPicture(cell, picture) {
  const url = picture?.url ?? "";
  if (cell.image.dataset.url === url && !picture?.error) return;
  cell.image.dataset.url = url;
  if (url) cell.image.src = url;
  else cell.image.removeAttribute("src");
  setText(cell.trouble, picture?.error ?? "");
}
