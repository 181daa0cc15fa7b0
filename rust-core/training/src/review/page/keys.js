// What keys do. `actions` has a function for each.

import { isDialogOpen } from "./dialogs.js";

const PLAIN = {
  " ": "trash", Backspace: "keep", z: "undoMark", Enter: "open", i: "panel", b: "boxes", r: "relabel", s: "suggest", a: "apply",
  u: "undo", "/": "find", "?": "keys", Escape: "escape",
};
const MOVES = {
  ArrowLeft: ["step", -1], ArrowRight: ["step", 1], ArrowUp: ["row", -1], ArrowDown: ["row", 1],
  PageUp: ["page", -1], PageDown: ["page", 1], Home: ["end", -1], End: ["end", 1],
};

// On keyboards of other scripts, the Latin letter of the same place.
const SAME_PLACE = { Slash: ["/", "?"] };

function plainKey({ key, code, shiftKey }) {
  if (key.length !== 1) return key;
  if (key <= "~") return key.toLowerCase();
  const [, letter] = /^(?:Key|Digit|Numpad)(.)$/.exec(code) ?? [];
  return letter?.toLowerCase() ?? SAME_PLACE[code]?.[Number(shiftKey)] ?? key;
}

const isTyping = (target) => target.matches?.("input:not([type=range]), select, textarea");

// A focused button or tab keeps the keys that press it.
const isPressed = (event) => (event.key === " " || event.key === "Enter") && event.target.closest?.("button, a, summary");

export function startKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (isDialogOpen() || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape" || event.key === "Enter") actions.leave();
      return;
    }
    if (isPressed(event)) return;
    const key = plainKey(event);
    if (event.ctrlKey || event.metaKey) {
      if (key === "a") run(event, () => actions.selectAll());
      else if (key === "z") run(event, () => actions.undoMark());
      return;
    }
    if (key in MOVES) run(event, () => actions.move(...MOVES[key], event.shiftKey));
    else if (/^[0-9]$/.test(key)) run(event, () => actions.toClass((Number(key) + 9) % 10));
    else if (key in PLAIN) run(event, () => actions[PLAIN[key]]());
  });
}

function run(event, action) {
  event.preventDefault();
  action();
}
