// The line at the bottom: where the cursor is, what goes on, what is pending.

import { byId, el, setText } from "./dom.js";
import { count } from "./format.js";

// Says what a key did.
export const tell = (text) => setText(byId("message"), text);

export function drawStatus({ model, grid, marks }, actions) {
  const { state } = model;
  setText(byId("folder"), state.folder ?? "EPIC review");
  document.title = `${state.folder}: review`;
  const shown = grid.ids.length;
  const where = shown ? `${count(grid.cursor + 1)} of ${count(shown)}` : "none shown";
  const selected = grid.selected.size ? ` · ${count(grid.selected.size)} selected` : "";
  setText(byId("position"), `${where}${shown < model.total ? ` (of ${count(model.total)})` : ""}${selected}`);
  const isLooking = state.surveyed < state.total;
  setText(byId("progress"), state.trouble ?? (isLooking ? `looked at ${count(state.surveyed)} of ${count(state.total)}` : ""));
  drawPending(marks, state.last, actions);
}

function drawPending(marks, last, actions) {
  const { trash } = marks;
  const rest = marks.count - trash;
  const parts = [trash ? `${count(trash)} to the trash` : "", rest ? `${count(rest)} to other classes` : ""].filter(Boolean);
  byId("pending").replaceChildren(
    ...(parts.length ? [el("span", {}, parts.join(", ")), el("button", { type: "button", class: "primary", onclick: actions.apply }, "Apply … ", el("kbd", {}, "a"))] : []),
    ...(last ? [el("button", { type: "button", title: last.title, onclick: actions.undo }, `Undo change ${last.id} `, el("kbd", {}, "u"))] : []),
  );
}
