// What keys and buttons do.

import { post } from "./api.js";
import { askUndo, chooseClass, showKeys, showPlan, toast } from "./dialogs.js";
import { byId } from "./dom.js";
import { plural } from "./format.js";
import { tell } from "./status.js";

// What is to become of a picture, in words.
export function fateOf({ marks, model }, id) {
  const wish = marks.wishes.get(id);
  return wish === "trash" ? "✕ trash" : wish ? `→ ${model.classes[wish.class]}` : "";
}

export function makeActions(page) {
  const { model, marks, grid, zoom, panel, ui, remember, update, cope } = page;
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
      const targets = grid.targets.filter((id) => page.suggestions.has(id));
      if (targets.length) marks.set(targets, (id) => ({ class: page.suggestions.get(id) }));
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
      else if (grid.current !== undefined) zoom.show(grid.current, fateOf(page, grid.current));
    },
    escape() {
      if (zoom.isOpen) zoom.close();
      else grid.clearSelection();
    },
    panel() {
      ui.panel = !ui.panel;
      if (ui.panel) panel.show(grid.current);
      else panel.close();
      remember();
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
  return actions;
}
