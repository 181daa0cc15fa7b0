// What is to become of pictures: shown at once, sent in batches, kept by the server.

import { getJson, post } from "./api.js";

// Keys held down make many marks.
const BATCH_MS = 120;

export class Marks extends EventTarget {
  version = 0;
  // By id: "trash", or {class: index}.
  wishes = new Map();
  // Marked files that are not listed any more, by path.
  others = [];
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

  async load() {
    this.#history = [];
    const marked = await getJson(`marks/${this.#model.revision}`);
    this.wishes = new Map(marked.trash.map((id) => [id, "trash"]));
    for (const [id, index] of marked.classes) this.wishes.set(id, { class: index });
    this.others = marked.others;
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

  set(ids, wish) {
    this.#history.push(ids.map((id) => [id, this.wishes.get(id) ?? "keep"]));
    this.#put(ids.map((id) => [id, this.#isOwn(id, wish) ? "keep" : wish]));
  }

  #isOwn(id, wish) {
    return wish.class === this.#model.classOf[id];
  }

  // Takes the last mark back; gives the pictures it was about.
  undo() {
    const before = this.#history.pop();
    if (!before) return null;
    this.#put(before);
    return before.map(([id]) => id);
  }

  #put(changes) {
    for (const [id, wish] of changes) {
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
    if (this.#unsent.size === 0) return;
    const marks = [...this.#unsent];
    this.#unsent = new Map();
    this.#inFlight += 1;
    try {
      ({ version: this.version } = await post("marks", { revision: this.#model.revision, marks }));
    } catch (error) {
      const failed = new Event("failed");
      failed.error = error;
      this.dispatchEvent(failed);
    } finally {
      this.#inFlight -= 1;
    }
  }
}
