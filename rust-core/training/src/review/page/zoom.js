// One picture as large as the window, or at its own size.

import { byId, el, setText } from "./dom.js";
import { LargePictures } from "./pictures.js";

export class Zoom {
  #dialog = byId("zoom");
  #image = el("img", { alt: "" });
  #name = el("bdi", {});
  #fate = el("span", { class: "fate" });
  #trouble = el("p", { class: "trouble" });
  #pictures;
  #model;
  #control = new AbortController();
  #id;

  constructor(model) {
    this.#model = model;
    this.#pictures = new LargePictures(model, () =>
      Math.round(Math.max(innerWidth, innerHeight) * Math.min(2, devicePixelRatio) * 1.5));
    this.#dialog.append(el("div", { class: "stage" }, this.#image, this.#trouble),
      el("p", { class: "caption" }, this.#name, this.#fate));
    this.#dialog.firstChild.addEventListener("click", (event) => this.#click(event));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  reset() {
    this.#pictures.clear();
    this.#id = undefined;
  }

  // Shows a picture; `fate` says what is to become of it.
  async show(id, fate) {
    setText(this.#fate, fate);
    if (!this.#dialog.open) this.#dialog.showModal();
    if (id === this.#id) return;
    this.#id = id;
    this.#control.abort();
    this.#control = new AbortController();
    const { signal } = this.#control;
    this.#dialog.classList.remove("full");
    setText(this.#name, this.#model.path(id));
    setText(this.#trouble, "");
    this.#image.alt = this.#model.names[id];
    try {
      const url = await this.#pictures.get(id, signal);
      if (signal.aborted) return;
      this.#image.src = url;
      this.#image.hidden = false;
    } catch (error) {
      if (signal.aborted) return;
      this.#image.hidden = true;
      setText(this.#trouble, error.message);
    }
  }

  close() {
    this.#dialog.close();
    this.#id = undefined;
  }

  // Fits the window, or has its own size, around the point that was clicked.
  #click(event) {
    if (event.target !== this.#image) {
      this.close();
      return;
    }
    const box = this.#image.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const stage = this.#dialog.firstChild;
    if (this.#dialog.classList.toggle("full")) {
      stage.scrollLeft = x * this.#image.width - stage.clientWidth / 2;
      stage.scrollTop = y * this.#image.height - stage.clientHeight / 2;
    }
  }
}
