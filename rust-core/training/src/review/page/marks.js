// What is to become of pictures: shown at once, sent in batches, kept by the server.

import { getJson, post } from "./api.js";

// Keys held down make many marks.
const BATCH_MS = 120;
// More are sent one part after the other.
const AT_ONCE = 20000;

export class Marks extends EventTarget {
  version = 0;
  // By id: "trash", or {class: index}.
  wishes = new Map();
  // Marked files that are not listed any more, by path.
  others = [];
  // How many are to go into the trash.
  trash = 0;
  #model;
  #history = [];
  #unsent = new Map();
  #timer = 0;
  #inFlight = 0;
  #sending = Promise.resolve();

  constructor(model) {
    super();
    this.#model = model;
  }

  // Indices have another meaning: what is known is asked for again.
  reset() {
    this.#history = [];
    this.#unsent.clear();
    this.wishes = new Map();
    this.others = [];
    this.trash = 0;
  }

  async load() {
    this.#history = [];
    const marked = await getJson(`marks/${this.#model.revision}`);
    this.wishes = new Map(marked.trash.map((id) => [id, "trash"]));
    for (const [id, index] of marked.classes) this.wishes.set(id, { class: index });
    this.others = marked.others;
    this.trash = marked.trash.length;
    this.version = marked.version;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("changed"));
  }

  get count() {
    return this.wishes.size + this.others.length;
  }

  // Whether marks are on their way: what the server says is older then.
  get isBusy() {
    return this.#unsent.size > 0 || this.#inFlight > 0;
  }

  // Into the trash, or out of it where all are in it.
  toggleTrash(ids) {
    const all = ids.every((id) => this.wishes.get(id) === "trash");
    this.set(ids, all ? "keep" : "trash");
    return !all;
  }

  // `wish` is one for all, or gives one for an id.
  set(ids, wish) {
    const before = ids.map((id) => this.wishes.get(id) ?? "keep");
    this.#history.push({ ids, before });
    this.#put(ids, (index) => {
      const own = typeof wish === "function" ? wish(ids[index]) : wish;
      return own.class === this.#model.classOf[ids[index]] ? "keep" : own;
    });
  }

  // Takes the last mark back; gives the pictures it was about.
  undo() {
    const last = this.#history.pop();
    if (!last) return null;
    this.#put(last.ids, (index) => last.before[index]);
    return last.ids;
  }

  #put(ids, wishAt) {
    for (const [index, id] of ids.entries()) {
      const wish = wishAt(index);
      if (this.wishes.get(id) === "trash") this.trash -= 1;
      if (wish === "trash") this.trash += 1;
      if (wish === "keep") this.wishes.delete(id);
      else this.wishes.set(id, wish);
      this.#unsent.set(id, wish);
    }
    if (!this.#timer) this.#timer = setTimeout(() => this.flush(), BATCH_MS);
    this.#tell();
  }

  // Sends what is not sent, one batch after the other.
  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#sending = this.#sending.then(() => this.#send());
    return this.#sending;
  }

  async #send() {
    while (this.#unsent.size > 0) {
      const marks = [];
      for (const mark of this.#unsent) {
        marks.push(mark);
        this.#unsent.delete(mark[0]);
        if (marks.length === AT_ONCE) break;
      }
      this.#inFlight += 1;
      try {
        ({ version: this.version } = await post("marks", { revision: this.#model.revision, marks }));
      } catch (error) {
        this.#unsent.clear();
        const failed = new Event("failed");
        failed.error = error;
        this.dispatchEvent(failed);
      } finally {
        this.#inFlight -= 1;
      }
    }
  }
}
