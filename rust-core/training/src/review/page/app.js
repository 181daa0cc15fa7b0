// Brings the parts of the page together.

import { openSession, post } from "./api.js";
import { askUndo, chooseClass, showKeys, showLocked, showPlan, toast } from "./dialogs.js";
import { byId, el, setText } from "./dom.js";
import { Filters, shownIds } from "./filters.js";
import { columnValue, count, number, plural } from "./format.js";
import { Grid } from "./grid.js";
import { LABEL_ERROR, VIEWS } from "./groups.js";
import { startKeys } from "./keys.js";
import { Marks } from "./marks.js";
import { Model } from "./model.js";
import { Panel } from "./panel.js";
import { Sidebar, colorOf } from "./sidebar.js";
import { startTheme } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { Zoom } from "./zoom.js";

const STORED = "epic-view";
const OFTEN_MS = 1000;
const SELDOM_MS = 5000;

const kept = JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
const ui = { view: "all", size: 152, panel: false, boxes: true, ...kept.ui };
const filters = Filters.from(kept.filters ?? {});
const model = new Model();
const marks = new Marks(model);
// The numbers of the sorted column, which cells show.
let shownNumbers = null;
// The suspicion and the class that another tool suggests, by id, in the view of label errors.
let suspicions = null;
let suggestions = new Map();
let round = 0;

const grid = new Grid(model, about, heading);
const panel = new Panel(model, ui);
const zoom = new Zoom(model);
const sidebar = new Sidebar(model, filters, () => show().then(() => grid.top()));
const toolbar = new Toolbar(model, filters, ui, (what) => {
  show().then(() => what !== "search" && grid.top());
  if (what !== "search") grid.focus();
});

function about(id) {
  const wish = marks.wishes.get(id);
  const column = model.columns[filters.sort];
  const className = model.classes[model.classOf[id]];
  const values = shownNumbers && column ? [columnValue(column.name, shownNumbers[id]), className] : [className];
  if (suspicions) values.unshift(number(suspicions[id]));
  const suggested = suspicions ? model.classes[suggestions.get(id)] : undefined;
  const value = `${values.join(" · ")}${suggested ? ` → ${suggested}?` : ""}`;
  return { name: model.names[id], className, value, wish, wishName: model.classes[wish?.class], color: colorOf(wish?.class ?? 0) };
}

function heading(group) {
  const mark = (name, ids) => el("button", { type: "button", onclick: () => {
    marks.set(ids, "trash");
    tell(`${plural(ids.length, "file")} marked for the trash`);
  } }, name);
  return [el("strong", {}, el("bdi", {}, group.title)), el("span", { class: group.warning ? "warning" : "quiet" }, group.note),
    group.copies ? mark(group.copies.length === 1 ? "Mark the copy" : "Mark the copies", group.copies) : null,
    group.all ? mark("Mark all", group.all) : null];
}

// What can be done with all that a view shows.
function drawAction(action) {
  byId("action").hidden = !action;
  if (!action) return;
  const { name, ids, wish } = action;
  byId("action").replaceChildren(el("button", { type: "button", onclick: () => {
    marks.set(ids, wish);
    tell(`${plural(ids.length, "picture")} marked; z takes it back`);
    grid.focus();
  } }, name));
}

const tell = (text) => setText(byId("message"), text);

// Shows what passes the filters, in the view that is chosen.
async function show() {
  const mine = ++round;
  const { revision } = model;
  // Only the latest wish counts, and only while its indices mean what they meant.
  const isLate = () => mine !== round || revision !== model.revision;
  try {
    const [ids, numbers] = await Promise.all([shownIds(model, filters), filters.sort < 0 ? null : model.numbers(filters.sort)]);
    const built = await VIEWS[ui.view].build({ model, marks, filters }, ids);
    const suspected = ui.view === "labels" ? model.columnIndex(LABEL_ERROR) : -1;
    const [suspicious, suggested] = await Promise.all([suspected < 0 ? null : model.numbers(suspected), model.suggestions()]);
    if (isLate()) return;
    [shownNumbers, suspicions, suggestions] = [numbers, suspicious, suggested];
    byId("hint").hidden = !built.hint;
    setText(byId("hint"), built.hint ?? "");
    drawAction(built.action);
    grid.show(built.ids ?? new Uint32Array(0), built.groups ?? null);
    sessionStorage.setItem(STORED, JSON.stringify({ ui, filters: filters.toJson() }));
    toolbar.draw(marks.count);
    await sidebar.draw();
  } catch (error) {
    if (!isLate()) await cope(error);
  }
}

// An answer that is about an older listing is asked for again.
async function cope(error) {
  if (error.kind === "old_revision") await update();
  else if (error.status === 401) showLocked(error.message);
  else if (error.name !== "AbortError") toast(error.message, "trouble");
}

function drawStatus() {
  const { state } = model;
  setText(byId("folder"), state.folder ?? "EPIC review");
  document.title = `${state.folder}: review`;
  const shown = grid.ids.length;
  const where = shown ? `${count(grid.cursor + 1)} of ${count(shown)}` : "none shown";
  const selected = grid.selected.size ? ` · ${count(grid.selected.size)} selected` : "";
  setText(byId("position"), `${where}${shown < model.total ? ` (of ${count(model.total)})` : ""}${selected}`);
  const isLooking = state.surveyed < state.total;
  setText(byId("progress"), state.trouble ?? (isLooking ? `looked at ${count(state.surveyed)} of ${count(state.total)}` : ""));
  drawPending();
}

function drawPending() {
  const { trash } = marks;
  const rest = marks.count - trash;
  const parts = [trash ? `${count(trash)} to the trash` : "", rest ? `${count(rest)} to other classes` : ""].filter(Boolean);
  const { last } = model.state;
  byId("pending").replaceChildren(
    ...(parts.length ? [el("span", {}, parts.join(", ")), el("button", { type: "button", class: "primary", onclick: actions.apply }, "Apply … ", el("kbd", {}, "a"))] : []),
    ...(last ? [el("button", { type: "button", title: last.title, onclick: actions.undo }, `Undo change ${last.id} `, el("kbd", {}, "u"))] : []),
  );
}

async function update() {
  try {
    await model.update();
  } catch (error) {
    await cope(error);
  }
}

model.addEventListener("listed", async () => {
  grid.reset();
  marks.reset();
  panel.reset();
  zoom.reset();
  // Classes and columns of the last visit may be gone.
  for (const index of filters.classes) if (index >= model.classes.length) filters.classes.delete(index);
  if (filters.sort >= model.columns.length) filters.sort = -1;
  for (const column of filters.ranges.keys()) if (column >= model.columns.length) filters.ranges.delete(column);
  toolbar.drawColumns();
  await marks.load().catch(cope);
  await show();
});
// What is sorted or grouped by what the survey finds changes with it; a listing by name does not.
model.addEventListener("surveyed", () => {
  const isChecked = model.columns[filters.sort]?.source === "check" || [...filters.ranges.keys()].some((one) => model.columns[one].source === "check");
  if (isChecked || ui.view === "faults" || ui.view === "duplicates") show();
});
model.addEventListener("state", () => {
  if (model.state.marks.version > marks.version && !marks.isBusy) marks.load().catch(cope);
  drawStatus();
});
marks.addEventListener("changed", () => {
  toolbar.draw(marks.count);
  drawStatus();
  if (ui.view === "pending") show();
  else grid.draw();
  if (zoom.isOpen) zoom.show(grid.current, fate(grid.current));
});
marks.addEventListener("failed", async ({ error }) => {
  toast(`A mark was not kept: ${error.message}`, "trouble");
  await update();
  await marks.load().catch(cope);
});
grid.addEventListener("moved", () => {
  drawStatus();
  panel.show(grid.current);
  if (zoom.isOpen && grid.current !== undefined) zoom.show(grid.current, fate(grid.current));
});
grid.addEventListener("open", () => actions.open());

function fate(id) {
  const wish = marks.wishes.get(id);
  return wish === "trash" ? "✕ trash" : wish ? `→ ${model.classes[wish.class]}` : "";
}

const actions = {
  move(kind, by, extend) {
    const { layout, cursor, ids, rows } = grid;
    const to = { step: () => cursor + by, row: () => layout.step(cursor, by), page: () => cursor + by * rows * layout.columns, end: () => (by < 0 ? 0 : ids.length - 1) };
    grid.move(to[kind](), extend);
  },
  trash() {
    const { targets } = grid;
    if (targets.length) tell(`${plural(targets.length, "picture")} ${marks.toggleTrash(targets) ? "marked for the trash" : "kept"}`);
  },
  keep() {
    if (grid.targets.length) marks.set(grid.targets, "keep");
  },
  toClass(index) {
    const name = model.classes[index];
    const { targets } = grid;
    if (name === undefined || !targets.length) return;
    marks.set(targets, { class: index });
    tell(`${plural(targets.length, "picture")} to become ${name}`);
  },
  // The class that another tool suggests, where it suggests one.
  suggest() {
    const targets = grid.targets.filter((id) => suggestions.has(id));
    if (targets.length) marks.set(targets, (id) => ({ class: suggestions.get(id) }));
    tell(targets.length ? `${plural(targets.length, "picture")} to become what is suggested` : "nothing is suggested here");
  },
  relabel() {
    if (!zoom.isOpen && grid.targets.length) chooseClass(model.classes, actions.toClass);
  },
  undoMark() {
    const ids = marks.undo();
    tell(ids ? "last mark taken back" : "there is no mark to take back");
    if (ids?.length) grid.goTo(ids[0]);
  },
  open() {
    if (zoom.isOpen) zoom.close();
    else if (grid.current !== undefined) zoom.show(grid.current, fate(grid.current));
  },
  escape() {
    if (zoom.isOpen) zoom.close();
    else grid.clearSelection();
  },
  panel() {
    ui.panel = !ui.panel;
    if (ui.panel) panel.show(grid.current);
    else panel.close();
    sessionStorage.setItem(STORED, JSON.stringify({ ui, filters: filters.toJson() }));
  },
  boxes() {
    ui.boxes = !ui.boxes;
    panel.again();
  },
  // Lists the files again, after they were changed by hand.
  async refresh() {
    try {
      await marks.flush();
      await post("refresh", {});
    } catch (error) {
      await cope(error);
    }
    await update();
    grid.focus();
  },
  find: () => byId("search").focus(),
  leave: () => grid.focus(),
  keys: showKeys,
  selectAll: () => grid.selectAll(),
  apply: () => !zoom.isOpen && showPlan(marks, async (applied) => {
    await update();
    await marks.load().catch(cope);
    if (applied) toast(`Applied: ${applied}. The button below takes it back.`);
    grid.focus();
  }),
  undo() {
    if (model.state.last && !zoom.isOpen) askUndo(model.state.last, async () => {
      await update();
      toast("The change was taken back.");
      grid.focus();
    });
  },
};

async function start() {
  startTheme();
  byId("size").value = ui.size;
  grid.size = ui.size;
  byId("size").addEventListener("input", (event) => {
    grid.size = ui.size = Number(event.target.value);
  });
  byId("show-panel").addEventListener("click", () => actions.panel());
  byId("show-keys").addEventListener("click", showKeys);
  byId("refresh").addEventListener("click", () => actions.refresh());
  for (const button of document.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => {
      actions[button.dataset.act]();
      if (button.dataset.act !== "relabel") grid.focus();
    });
  }
  addEventListener("pagehide", () => marks.flush());
  try {
    await openSession();
    await model.update();
  } catch (error) {
    showLocked(error.message);
    return;
  }
  startKeys(actions);
  grid.focus();
  for (;;) {
    const isBusy = model.state.surveyed < model.state.total || !model.state.compared;
    await new Promise((resolve) => setTimeout(resolve, isBusy ? OFTEN_MS : SELDOM_MS));
    if (!document.hidden) await update();
  }
}

start();
