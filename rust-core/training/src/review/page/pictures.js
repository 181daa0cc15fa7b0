// Thumbnails: those in sight first, at most as many at once as a browser has connections, none for what was
// scrolled away.

import { getBlob } from "./api.js";

const AT_ONCE = 6;
const KEPT = 1500;
const SETTLE_MS = 40;

export class Thumbnails {
  #model;
  #show;
  #kept = new Map();
  #running = new Map();
  #wanted = [];
  #timer = 0;

  // `show(id, picture)` is called with {url} or {error}.
  constructor(model, show) {
    this.#model = model;
    this.#show = show;
  }

  // What is there already.
  get(id) {
    const picture = this.#kept.get(id);
    if (picture) {
      // The most recently used are last.
      this.#kept.delete(id);
      this.#kept.set(id, picture);
    }
    return picture;
  }

  clear() {
    for (const { url } of this.#kept.values()) if (url) URL.revokeObjectURL(url);
    this.#kept.clear();
    for (const control of this.#running.values()) control.abort();
    this.#running.clear();
    this.#wanted = [];
  }

  // These are wanted now, in this order; all others are not.
  want(ids) {
    this.#wanted = ids.filter((id) => !this.#kept.has(id));
    const wanted = new Set(this.#wanted);
    for (const [id, control] of this.#running) {
      if (wanted.has(id)) continue;
      control.abort();
      this.#running.delete(id);
    }
    if (!this.#timer) {
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        this.#start();
      }, SETTLE_MS);
    }
  }

  #start() {
    while (this.#running.size < AT_ONCE) {
      const id = this.#wanted.find((one) => !this.#running.has(one) && !this.#kept.has(one));
      if (id === undefined) return;
      const control = new AbortController();
      this.#running.set(id, control);
      this.#load(id, control);
    }
  }

  async #load(id, control) {
    let picture;
    try {
      const blob = await getBlob(`thumbnails/${this.#model.revision}/${id}`, control.signal);
      picture = { url: URL.createObjectURL(blob) };
    } catch (error) {
      if (control.signal.aborted) return;
      picture = { error: error.message };
    }
    if (this.#running.get(id) !== control) return;
    this.#running.delete(id);
    this.#kept.set(id, picture);
    this.#evict();
    this.#show(id, picture);
    this.#start();
  }

  #evict() {
    for (const [id, { url }] of this.#kept) {
      if (this.#kept.size <= KEPT) return;
      if (url) URL.revokeObjectURL(url);
      this.#kept.delete(id);
    }
  }
}

// One larger picture at a time, e.g. of the side panel; the last few stay.
export class LargePictures {
  #model;
  #side;
  #kept = new Map();

  constructor(model, side) {
    this.#model = model;
    this.#side = side;
  }

  clear() {
    for (const url of this.#kept.values()) URL.revokeObjectURL(url);
    this.#kept.clear();
  }

  async get(id, signal) {
    const kept = this.#kept.get(id);
    if (kept) return kept;
    const { revision } = this.#model;
    const url = URL.createObjectURL(await getBlob(`pictures/${revision}/${id}?side=${this.#side()}`, signal));
    if (revision === this.#model.revision) this.#kept.set(id, url);
    const [oldest] = this.#kept;
    if (this.#kept.size > 8) {
      URL.revokeObjectURL(oldest[1]);
      this.#kept.delete(oldest[0]);
    }
    return url;
  }
}
