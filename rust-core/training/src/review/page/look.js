// What cells and headings say.

import { byId, el } from "./dom.js";
import { columnValue, number, plural } from "./format.js";
import { colorOf } from "./sidebar.js";
import { tell } from "./status.js";

// A picture: its name, class, the number that it is sorted by, what is suggested and what is to become of it.
export function cellOf({ model, marks, filters, numbers, suspicions, suggestions }, id) {
  const wish = marks.wishes.get(id);
  const column = model.columns[filters.sort];
  const className = model.classes[model.classOf[id]];
  const values = numbers && column ? [columnValue(column.name, numbers[id]), className] : [className];
  if (suspicions) values.unshift(number(suspicions[id]));
  const suggested = suspicions ? model.classes[suggestions.get(id)] : undefined;
  const value = `${values.join(" · ")}${suggested ? ` → ${suggested}?` : ""}`;
  return { name: model.names[id], className, value, wish, wishName: model.classes[wish?.class], color: colorOf(wish?.class ?? 0) };
}

export function headingOf({ marks }, group) {
  const mark = (name, ids) => el("button", { type: "button", onclick: () => {
    marks.set(ids, "trash");
    tell(`${plural(ids.length, "file")} marked for the trash`);
  } }, name);
  return [el("strong", {}, el("bdi", {}, group.title)), el("span", { class: group.warning ? "warning" : "quiet" }, group.note),
    group.copies ? mark(group.copies.length === 1 ? "Mark the copy" : "Mark the copies", group.copies) : null,
    group.all ? mark("Mark all", group.all) : null];
}

// What can be done with all that a view shows.
export function drawAction({ marks, grid }, action) {
  byId("action").hidden = !action;
  if (!action) return;
  const { name, ids, wish } = action;
  byId("action").replaceChildren(el("button", { type: "button", onclick: () => {
    marks.set(ids, wish);
    tell(`${plural(ids.length, "picture")} marked; z takes it back`);
    grid.focus();
  } }, name));
}
