// The views: which of the pictures, and in which groups.

import { count, number as format, plural, words } from "./format.js";

// Columns of findings that have views of their own.
const CLUSTERS = ["component", "cluster"];
const DISTANCE = "component_distance";
// A picture like no other is a component of its own, at distance 0: its neighbours tell how far it is.
const APART = "outlier_distance";
export const LABEL_ERROR = "label_error";
// Greater ones are suspected without a suggestion too.
const SUSPECTED = 0.5;

const concat = (groups) => {
  const ids = new Uint32Array(groups.reduce((sum, group) => sum + group.ids.length, 0));
  let start = 0;
  for (const group of groups) {
    ids.set(group.ids, start);
    group.start = start;
    group.count = group.ids.length;
    start += group.count;
  }
  return { ids, groups };
};

function buckets(ids, keyOf) {
  const found = new Map();
  for (const id of ids) {
    const key = keyOf(id);
    if (key === null) continue;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(id);
  }
  return found;
}

async function clusters({ model }, ids) {
  const name = CLUSTERS.find((one) => model.columnIndex(one) >= 0);
  if (!name) return { hint: missing("Clusters", CLUSTERS[0]) };
  const numbers = await model.numbers(model.columnIndex(name));
  const of = async (column) => (model.columnIndex(column) < 0 ? null : model.numbers(model.columnIndex(column)));
  const distances = await of(DISTANCE);
  const apart = (await of(APART)) ?? distances;
  // Clusters are those of a class; a number may come again in another one.
  const keyOf = (id) => (Number.isNaN(numbers[id]) ? null : model.classOf[id] * 1e6 + numbers[id]);
  const groups = [...buckets(ids, keyOf)].map(([key, members]) => {
    const index = model.classOf[members[0]];
    const mean = (values) => members.reduce((sum, id) => sum + values[id], 0) / members.length;
    const note = `${plural(members.length, "picture")}${distances ? `, mean distance ${format(mean(distances))}` : ""}`;
    const title = `${model.classes[index]} · ${name} ${key - index * 1e6}`;
    return { key, index, apart: apart ? mean(apart) : 0, ids: members, title, note, all: members };
  });
  // In a class, what is far from all others comes first.
  return concat(groups.sort((a, b) => a.index - b.index || b.apart - a.apart || a.key - b.key));
}

async function duplicates({ model }, ids) {
  const all = await model.duplicates();
  if (!all) return { hint: `Copies are known when all pictures were looked at: ${count(model.state.surveyed)} of ${count(model.total)} so far.` };
  const shown = new Set(ids);
  const groups = all.filter((group) => group.ids.some((id) => shown.has(id))).map((group) => ({
    ids: group.ids,
    title: group.exact ? "Same bytes" : "Same picture",
    note: group.conflict ? `${plural(group.ids.length, "file")} in several classes: one label is wrong` : `${plural(group.ids.length, "file")}, the best one first`,
    warning: group.conflict,
    copies: group.conflict ? null : group.ids.slice(1),
  }));
  if (groups.length === 0) return { hint: "No picture is there twice." };
  const copies = groups.flatMap((group) => group.copies ?? []);
  const action = copies.length > 1 ? { name: `Mark all ${count(copies.length)} copies`, ids: copies, wish: "trash" } : null;
  return { ...concat(groups), action };
}

async function labelErrors({ model, filters }, ids) {
  const column = model.columnIndex(LABEL_ERROR);
  if (column < 0) return { hint: missing("Suspected label errors", LABEL_ERROR) };
  const numbers = await model.numbers(column);
  const suggestions = await model.suggestions();
  const suspected = ids.filter((id) => numbers[id] > SUSPECTED || suggestions.has(id));
  // The most suspicious first, unless another order was chosen.
  if (filters.sort < 0) suspected.sort((a, b) => numbers[b] - numbers[a]);
  if (suspected.length === 0) return { hint: "No label is suspected." };
  const suggested = [...suspected].filter((id) => suggestions.has(id));
  const wish = (id) => ({ class: suggestions.get(id) });
  const action = suggested.length > 1 ? { name: `Take all ${count(suggested.length)} suggestions over`, ids: suggested, wish } : null;
  return { ids: suspected, groups: null, action };
}

const missing = (what, column) =>
  `${what} come from another command: start the review with --findings FILE.jsonl that has a column “${column}”.`;

async function faults({ model }, ids) {
  const found = await model.faults();
  const shown = new Set(ids);
  const groups = Object.entries(found)
    .map(([kind, members]) => [kind, members.filter((id) => shown.has(id))])
    .filter(([, members]) => members.length)
    .map(([kind, members]) => ({ ids: members, title: words(kind), note: plural(members.length, "file"), all: members }));
  if (groups.length) return concat(groups);
  const rest = model.total - model.state.surveyed;
  return { hint: rest ? `Nothing is wrong with the pictures that were looked at; ${count(rest)} are left.` : "Nothing is wrong with these pictures." };
}

async function pending({ model, marks }, ids) {
  const shown = new Set(ids);
  const marked = [...marks.wishes].filter(([id]) => shown.has(id));
  const trash = marked.filter(([, wish]) => wish === "trash").map(([id]) => id);
  const groups = trash.length ? [{ ids: trash, title: "Into the trash", note: plural(trash.length, "file") }] : [];
  for (const [index, name] of model.classes.entries()) {
    const into = marked.filter(([, wish]) => wish.class === index).map(([id]) => id);
    if (into.length) groups.push({ ids: into, title: `To become ${name}`, note: plural(into.length, "file") });
  }
  if (groups.length) return concat(groups);
  return { hint: marks.count ? "No marked picture passes the filters." : "Nothing is marked. Space marks for the trash, 1–9 for another class." };
}

export const VIEWS = {
  all: { name: "All", build: async (_, ids) => (ids.length ? { ids, groups: null } : { hint: "No picture passes the filters." }) },
  faults: { name: "Faults", build: faults },
  duplicates: { name: "Duplicates", build: duplicates },
  clusters: { name: "Clusters", build: clusters },
  labels: { name: "Label errors", build: labelErrors },
  pending: { name: "Pending", build: pending },
};
