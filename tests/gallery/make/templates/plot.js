// Line and scatter plots as SVG text. series: [{ points: [[x, y], …], colour, dots }].
function plot({ width, height, xs, ys, series, xlabel, ylabel, legend = [], font = "STIX" }) {
  const [left, right, top_, bottom] = [46, 12, 10, 38];
  const px = x => left + (x - xs[0]) / (xs[1] - xs[0]) * (width - left - right);
  const py = y => height - bottom - (y - ys[0]) / (ys[1] - ys[0]) * (height - top_ - bottom);
  const steps = ([low, high], count) => Array.from({ length: count + 1 }, (_, i) => low + (high - low) * i / count);
  let out = `<rect x="${left}" y="${top_}" width="${width - left - right}" height="${height - top_ - bottom}" fill="#fff" stroke="#333"/>`;
  for (const x of steps(xs, 5)) out += `<path d="M${px(x)} ${top_}V${height - bottom}" stroke="#ddd"/><text x="${px(x)}" y="${height - bottom + 16}" text-anchor="middle">${+x.toFixed(2)}</text>`;
  for (const y of steps(ys, 4)) out += `<path d="M${left} ${py(y)}H${width - right}" stroke="#ddd"/><text x="${left - 6}" y="${py(y) + 4}" text-anchor="end">${+y.toFixed(2)}</text>`;
  for (const { points, colour, dots, dash = "" } of series) {
    out += dots
      ? points.map(([x, y]) => `<circle cx="${px(x)}" cy="${py(y)}" r="3" fill="${colour}" opacity=".75"/>`).join("")
      : `<path d="M${points.map(([x, y]) => `${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join("L")}" fill="none" stroke="${colour}" stroke-width="2.2" stroke-dasharray="${dash}"/>`;
  }
  legend.forEach(([text, colour], i) => {
    out += `<path d="M${width - right - 128} ${top_ + 18 + 18 * i}h22" stroke="${colour}" stroke-width="2.5"/><text x="${width - right - 100}" y="${top_ + 22 + 18 * i}">${text}</text>`;
  });
  return `<svg width="${width}" height="${height}" font-family="${font}" font-size="12" fill="#222">${out}
    <text x="${(left + width - right) / 2}" y="${height - 5}" text-anchor="middle" font-style="italic">${xlabel}</text>
    <text transform="translate(12 ${(height - bottom) / 2}) rotate(-90)" text-anchor="middle" font-style="italic">${ylabel}</text></svg>`;
}
const curve = (f, [low, high], count = 120) => Array.from({ length: count + 1 }, (_, i) => {
  const x = low + (high - low) * i / count;
  return [x, f(x)];
});
