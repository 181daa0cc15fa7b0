// Brings the parts of the page together.

import { fateOf, makeActions } from "./actions.js";
import { openSession } from "./api.js";
import { showKeys, showLocked, toast } from "./dialogs.js";
import { byId, setText } from "./dom.js";
import { Filters, shownIds } from "./filters.js";
import { Grid } from "./grid.js";
import { LABEL_ERROR, VIEWS } from "./groups.js";
import { startKeys } from "./keys.js";
import { cellOf, drawAction, headingOf } from "./look.js";
import { Marks } from "./marks.js";
import { Model } from "./model.js";
import { Panel } from "./panel.js";
import { Sidebar } from "./sidebar.js";
import { drawStatus } from "./status.js";
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
let round = 0;

// What the parts share: numbers of the sorted column, which cells show; in the view of label errors suspicions, and the
// classes that another tool suggests, by id.
const page = { model, marks, filters, ui, numbers: null, suspicions: null, suggestions: new Map(), remember, update, cope };
page.grid = new Grid(model, (id) => cellOf(page, id), (group) => headingOf(page, group));
page.panel = new Panel(model, ui);
page.zoom = new Zoom(model);
const { grid, panel, zoom } = page;
const actions = makeActions(page);
const sidebar = new Sidebar(model, filters, () => show().then(() => grid.top()));
const toolbar = new Toolbar(model, filters, ui, (what) => {
  show().then(() => what !== "search" && grid.top());
  if (what !== "search") grid.focus();
});

// A reload finds the page as it was.
function remember() {
  sessionStorage.setItem(STORED, JSON.stringify({ ui, filters: filters.toJson() }));
}

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
    const [suspicions, suggestions] = await Promise.all([suspected < 0 ? null : model.numbers(suspected), model.suggestions()]);
    if (isLate()) return;
    Object.assign(page, { numbers, suspicions, suggestions });
    byId("hint").hidden = !built.hint;
    setText(byId("hint"), built.hint ?? "");
    drawAction(page, built.action);
    grid.show(built.ids ?? new Uint32Array(0), built.groups ?? null);
    remember();
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
  drawStatus(page, actions);
});
marks.addEventListener("changed", () => {
  toolbar.draw(marks.count);
  drawStatus(page, actions);
  if (ui.view === "pending") show();
  else grid.draw();
  if (zoom.isOpen) zoom.show(grid.current, fateOf(page, grid.current));
});
marks.addEventListener("failed", async ({ error }) => {
  toast(`A mark was not kept: ${error.message}`, "trouble");
  await update();
  await marks.load().catch(cope);
});
grid.addEventListener("moved", () => {
  drawStatus(page, actions);
  panel.show(grid.current);
  if (zoom.isOpen && grid.current !== undefined) zoom.show(grid.current, fateOf(page, grid.current));
});
grid.addEventListener("open", () => actions.open());

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
