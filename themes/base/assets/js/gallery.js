// A row of photos: keys, buttons and thumbs move it, the pill counts; a click on a photo opens all of them at full size.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Row {
  constructor(gallery, reel) {
    this.reel = reel;
    this.shots = [...reel.querySelectorAll(".ph")];
    this.pill = gallery.querySelector("[data-count]");
    this.thumbs = [...gallery.querySelectorAll(".thumbs a")];
    if (this.shots.length < 2) return;
    // One stop of the Tab key for the row, not one for each photo; the arrow keys go through them.
    reel.removeAttribute("tabindex");
    this.buttons = [-1, 1].map((step) => this.button(gallery, step));
    reel.addEventListener("keydown", (event) => this.key(event));
    reel.addEventListener("scroll", () => this.settle(), { passive: true });
    for (const thumb of this.thumbs) {
      const index = this.shots.findIndex((shot) => `#${shot.id}` === thumb.hash);
      if (index >= 0) thumb.addEventListener("click", (event) => { event.preventDefault(); this.show(index); });
    }
    addEventListener("hashchange", () => this.mark());
    this.mark();
  }

  get spread() {
    return this.reel.matches(":target");
  }

  get current() {
    if (this.spread) return 0;
    // Photos may be narrower than the row; a theme that has them so leaves room after the last.
    const far = this.shots.map((shot) => Math.abs(Math.abs(shot.offsetLeft - this.shots[0].offsetLeft) - Math.abs(this.reel.scrollLeft)));
    return far.indexOf(Math.min(...far));
  }

  show(index, focus = false) {
    const shot = this.shots[Math.min(Math.max(index, 0), this.shots.length - 1)];
    if (this.spread) shot.scrollIntoView({ block: "nearest" });
    else this.reel.scrollTo({ left: shot.offsetLeft - this.shots[0].offsetLeft, behavior: calm.matches ? "auto" : "smooth" });
    if (focus) shot.querySelector("a")?.focus({ preventScroll: true });
  }

  key(event) {
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    const step = { ArrowRight: ahead, ArrowLeft: -ahead, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || this.spread || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const at = this.shots.indexOf(document.activeElement.closest(".ph"));
    this.show((at < 0 ? this.current : at) + step, at >= 0);
  }

  settle() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.mark();
    });
  }

  mark() {
    const index = this.current;
    if (this.pill && !this.spread) this.pill.textContent = `${index + 1} / ${this.shots.length}`;
    for (const thumb of this.thumbs) {
      if (thumb.hash === `#${this.shots[index].id}`) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    }
    this.shots.forEach((shot, at) => { shot.querySelector("a").tabIndex = this.spread || at === index ? 0 : -1; });
    this.buttons[0].disabled = index === 0;
    this.buttons[1].disabled = index === this.shots.length - 1;
  }

  button(gallery, step) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `gal-step ${step < 0 ? "gal-previous" : "gal-next"}`;
    button.setAttribute("aria-label", step < 0 ? gallery.dataset.previous : gallery.dataset.next);
    button.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-${step < 0 ? "left" : "right"}"/></svg>`;
    button.addEventListener("click", () => this.show(this.current + step));
    this.reel.after(button);
    return button;
  }
}

for (const gallery of document.querySelectorAll("[data-gallery]")) {
  const reel = gallery.querySelector(".reel");
  const row = reel && new Row(gallery, reel);
  gallery.addEventListener("click", async (event) => {
    const photo = event.target.closest("a[data-photo]");
    if (!photo || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { open } = await import("./lightbox.js");
    open(gallery, photo, row);
  });
}
