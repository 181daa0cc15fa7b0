// Light, dark, or what the system says.

import { byId, setText } from "./dom.js";

const LOOKS = { auto: ["◐", "as the system"], light: ["☀", "light"], dark: ["☾", "dark"] };

function show(theme) {
  const [sign, name] = LOOKS[theme];
  const button = byId("theme");
  document.documentElement.dataset.theme = theme;
  setText(button, sign);
  button.title = button.ariaLabel = `Theme: ${name}`;
}

export function startTheme() {
  let theme = localStorage.getItem("epic-theme");
  if (!(theme in LOOKS)) theme = "auto";
  show(theme);
  byId("theme").addEventListener("click", () => {
    const names = Object.keys(LOOKS);
    theme = names[(names.indexOf(theme) + 1) % names.length];
    localStorage.setItem("epic-theme", theme);
    show(theme);
  });
}
