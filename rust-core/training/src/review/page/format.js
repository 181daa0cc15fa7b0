// Numbers, sizes and names for people.

const whole = new Intl.NumberFormat("en");
const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export const count = (number) => whole.format(number);

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

export function bytes(number) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  while (number >= 1000 && unit < units.length - 1) {
    number /= 1000;
    unit += 1;
  }
  return `${unit === 0 || number >= 100 ? Math.round(number) : number.toFixed(1)} ${units[unit]}`;
}

export const date = (seconds) => dates.format(new Date(seconds * 1000));

// At most four digits that say something.
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value)) return whole.format(value);
  return String(Number(value.toPrecision(4)));
}

export function columnValue(name, value) {
  if (Number.isNaN(value)) return "–";
  if (name === "bytes") return bytes(value);
  if (name === "modified") return date(value);
  return number(value);
}

export const words = (name) => name.replaceAll("_", " ");
