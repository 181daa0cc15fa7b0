// Small helpers shared by the templates.
const make = (tag, className, html) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (html !== undefined) node.innerHTML = html;
  return node;
};

// Status bar of an invented phone: clock, signal, battery.
function statusBar(clock, battery) {
  const icons = `<svg width="46" height="13" viewBox="0 0 46 13" fill="currentColor">
    <path d="M0 12V9h2.5v3zM4 12V6h2.5v6zM8 12V3h2.5v9zM12 12V0h2.5v12z"/>
    <path d="M20 5a9 9 0 0 1 12 0l-6 7z"/>
    <rect x="36" y="1.5" width="9" height="10.5" rx="2" fill="none" stroke="currentColor"/>
    <rect x="37.5" y="${3 + 7.5 * (1 - battery / 100)}" width="6" height="${7.5 * battery / 100}"/></svg>`;
  return make("div", "status", `<span>${clock}</span><span>${icons}<span>${battery}%</span></span>`);
}

// Seeded generator in [0, 1), so that every run draws the same picture.
function random(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

const avatar = (letter, colour, size) => {
  const node = make("div", "avatar", letter);
  node.style.cssText = `width:${size}px;height:${size}px;font-size:${size * 0.45}px;background:${colour}`;
  return node;
};
