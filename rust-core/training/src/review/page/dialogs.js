// Questions and explanations.

import { getJson, post } from "./api.js";
import { byId, el } from "./dom.js";
import { plural } from "./format.js";
import { keyOf } from "./sidebar.js";

const dialog = byId("dialog");

function open(title, content, buttons) {
  const close = el("button", { type: "button", onclick: () => dialog.close() }, buttons.length ? "Cancel" : "Close");
  dialog.replaceChildren(el("h2", { id: "dialog-title" }, title), ...content, el("div", { class: "buttons" }, close, ...buttons));
  dialog.setAttribute("aria-labelledby", "dialog-title");
  if (!dialog.open) dialog.showModal();
}

export const isDialogOpen = () => dialog.open;

const KEYS = [
  ["← → ↑ ↓", "move; with Shift, select"],
  ["Home End PgUp PgDn", "move far"],
  ["Space", "mark for the trash, or not"],
  ["1 … 9 0", "to become the class with that key"],
  ["r", "to become any class"],
  ["s", "to become the suggested class (label errors)"],
  ["Backspace", "take the mark off"],
  ["z", "take the last mark back"],
  ["Enter", "large picture, as a double click; a click on it: its own size"],
  ["i", "side panel: columns, boxes"],
  ["b", "boxes on the picture"],
  ["Ctrl+A", "select all that is shown"],
  ["Esc", "select nothing; close the large picture"],
  ["/", "find by name"],
  ["a", "show what would change, and apply it"],
  ["u", "take the last applied change back"],
  ["?", "these keys"],
];

export function showKeys() {
  const rows = KEYS.flatMap(([keys, what]) => [el("dt", {}, ...keys.split(" ").map((key) => el("kbd", {}, key))), el("dd", {}, what)]);
  open("Keys", [el("dl", { class: "keys" }, ...rows),
    el("p", { class: "quiet" }, "A key is about the selected pictures, or the one under the cursor. Nothing is moved before you apply; what goes, goes into the trash folder of the data set.")], []);
}

function failure(error) {
  return el("p", { class: "trouble", role: "alert" }, error.message);
}

// Runs what a button is for; the dialog tells of a failure and stays.
function action(name, run, kind = "primary") {
  const button = el("button", { type: "button", class: kind, onclick: async () => {
    button.disabled = true;
    dialog.querySelector(".trouble[role=alert]")?.remove();
    try {
      await run();
    } catch (error) {
      dialog.querySelector(".buttons").before(failure(error));
    } finally {
      button.disabled = false;
    }
  } }, name);
  return button;
}

const list = (paths) => el("ul", { class: "paths" }, ...paths.slice(0, 200).map((path) => el("li", { dir: "auto" }, path)),
  ...(paths.length > 200 ? [el("li", {}, `… and ${plural(paths.length - 200, "other")}`)] : []));

// What would change, and the button that does it.
export async function showPlan(marks, done) {
  let summary;
  try {
    await marks.flush();
    summary = await getJson("summary");
  } catch (error) {
    open("Pending changes", [failure(error)], []);
    return;
  }
  const { trash, classes, renamed, changed, version } = summary;
  const rows = [];
  if (trash) rows.push(el("li", {}, `${plural(trash, "file")} into the trash`));
  for (const [name, number] of Object.entries(classes)) rows.push(el("li", {}, `${plural(number, "file")} to `, el("bdi", {}, name)));
  const content = [rows.length ? el("ul", { class: "plan" }, ...rows) : el("p", {}, "Nothing is marked.")];
  if (renamed.length) {
    content.push(el("details", {}, el("summary", {}, `${plural(renamed.length, "file")} with another name, because theirs is taken`),
      list(renamed.map(([from, to]) => `${from} → ${to}`))));
  }
  const buttons = [];
  if (changed.length) {
    content.push(el("p", { class: "trouble", role: "alert" }, `${plural(changed.length, "marked file")} changed or gone since. Nothing can be applied before these marks are off:`), list(changed));
    buttons.push(action("Take these marks off", async () => {
      await post("forget", {});
      await post("refresh", {});
      await done(null);
      await showPlan(marks, done);
    }));
  } else if (rows.length) {
    content.push(el("p", { class: "quiet" }, "All of it is one change, which can be taken back."));
    buttons.push(action("Apply", async () => {
      await post("apply", { version });
      dialog.close();
      await done(plural(trash + Object.values(classes).reduce((sum, number) => sum + number, 0), "file"));
    }));
  }
  open("Pending changes", content, buttons);
  buttons.at(-1)?.focus();
}

// Takes the last applied change back.
export function askUndo(last, done) {
  open("Take the last change back?", [el("p", {}, `Change ${last.id}: `, el("bdi", {}, last.title))], [action("Take it back", async () => {
    await post("undo", { id: last.id });
    dialog.close();
    await done();
  })]);
  dialog.querySelector(".primary").focus();
}

// Chooses a class by typing some of its name.
export function chooseClass(classes, choose) {
  const found = el("ul", { class: "choices", role: "listbox", "aria-label": "Classes" });
  const pick = (index) => {
    dialog.close();
    choose(index);
  };
  const input = el("input", { type: "text", "aria-label": "Name of the class", dir: "auto", oninput: () => draw(), onkeydown: (event) => {
    if (event.key === "Enter") found.querySelector("button")?.click();
  } });
  const draw = () => {
    const needle = input.value.trim().toLowerCase();
    const matching = [...classes.entries()].filter(([, name]) => name.toLowerCase().includes(needle));
    found.replaceChildren(...matching.map(([index, name]) => el("li", {}, el("button", { type: "button", onclick: () => pick(index) },
      el("kbd", {}, keyOf(index)), el("bdi", {}, name)))));
  };
  draw();
  open("To become …", [input, found], []);
  input.focus();
}

// One at a time; trouble stays until it is dismissed.
export function toast(text, kind = "") {
  for (const old of byId("toasts").querySelectorAll(".toast")) {
    if (!old.classList.contains("trouble") || old.firstChild.textContent === text) old.remove();
  }
  const element = el("p", { class: `toast ${kind}` }, el("bdi", {}, text),
    el("button", { type: "button", class: "icon", "aria-label": "Dismiss", onclick: () => element.remove() }, "✕"));
  byId("toasts").append(element);
  if (kind !== "trouble") setTimeout(() => element.remove(), 8000);
}

// The page without a session.
export function showLocked(message) {
  open("This page is not open", [el("p", {}, message),
    el("p", { class: "quiet" }, "Start epic dataset review again and open the address that it prints. Marks are kept.")], []);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.querySelector(".buttons").remove();
}
