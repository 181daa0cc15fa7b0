// Distributions: of the sorted column over all shown classes, to brush a range on, and small ones per class.

import { el, svg } from "./dom.js";
import { columnValue } from "./format.js";

const BINS = 48;
const SMALL_BINS = 36;
const WIDTH = 240;
const HEIGHT = 72;

// Ends that leave out the last half percent: a few giants would squeeze all others into one bin. They are counted
// in the last one.
export function ends(numbers, test) {
  const sample = [];
  const step = Math.max(1, Math.floor(numbers.length / 20000));
  let [low, high] = [Infinity, -Infinity];
  for (let id = 0; id < numbers.length; id++) {
    const value = numbers[id];
    if (Number.isNaN(value) || !test(id)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    if (id % step === 0) sample.push(value);
  }
  if (low > high) return null;
  const sorted = Float64Array.from(sample).sort();
  const nearly = sorted[Math.floor((sorted.length - 1) * 0.995)] ?? high;
  return { low, high: nearly > low ? nearly : high, highest: high };
}

export function bins(numbers, test, { low, high }, length) {
  const found = new Uint32Array(length);
  const scale = high > low ? length / (high - low) : 0;
  for (let id = 0; id < numbers.length; id++) {
    const value = numbers[id];
    if (!Number.isNaN(value) && test(id)) found[Math.min(length - 1, Math.floor((value - low) * scale))] += 1;
  }
  return found;
}

function bars(found, width, height) {
  const most = Math.max(1, ...found);
  const step = width / found.length;
  // A square root, so that a single picture shows beside thousands.
  const tall = (value) => (value ? Math.max(1.5, Math.sqrt(value / most) * height) : 0);
  return [...found].map((value, index) => {
    const [x, y] = [(index * step).toFixed(2), (height - tall(value)).toFixed(2)];
    return value ? `M${x} ${height}V${y}h${(step * 0.86).toFixed(2)}V${height}z` : "";
  }).join("");
}

export const smallPlot = (numbers, test, range) =>
  svg("path", { d: bars(bins(numbers, test, range, SMALL_BINS), 72, 16) });

// The plot to brush on; `choose(from, to)` is called when a range was drawn, with nulls when it was clicked away.
export function plot(name, numbers, test, range, chosen, choose) {
  const found = bins(numbers, test, range, BINS);
  const at = (value) => ((value - range.low) / (range.high - range.low || 1)) * WIDTH;
  const brush = svg("rect", { class: "brush", y: 0, height: HEIGHT });
  const draw = (from, to) => {
    brush.toggleAttribute("hidden", from === null && to === null);
    const [left, right] = [from === null ? 0 : at(from), to === null ? WIDTH : at(to)].map((x) => Math.min(WIDTH, Math.max(0, x)));
    brush.setAttribute("x", left);
    brush.setAttribute("width", Math.max(1, right - left));
  };
  draw(chosen?.from ?? null, chosen?.to ?? null);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img",
    "aria-label": `Distribution of ${name}, from ${columnValue(name, range.low)} to ${columnValue(name, range.highest)}` },
  svg("path", { class: "bars", d: bars(found, WIDTH, HEIGHT) }), brush);
  const valueAt = (event) => {
    const { left, width } = picture.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    return range.low + share * (range.high - range.low);
  };
  let start = null;
  const both = (event) => [start, valueAt(event)].sort((a, b) => a - b);
  picture.addEventListener("pointerdown", (event) => {
    start = valueAt(event);
    picture.setPointerCapture(event.pointerId);
    picture.dataset.brushing = "";
  });
  picture.addEventListener("pointermove", (event) => start !== null && draw(...both(event)));
  picture.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [from, to] = both(event);
    start = null;
    delete picture.dataset.brushing;
    const isClick = to - from < (range.high - range.low) / WIDTH;
    // Up to the right end means all above too.
    choose(...(isClick ? [null, null] : [from, to >= range.high ? null : to]));
  });
  return el("div", {}, picture, el("div", { class: "axis" },
    el("span", {}, columnValue(name, range.low)),
    el("span", {}, `${range.highest > range.high ? "≥ " : ""}${columnValue(name, range.high)}`)));
}
