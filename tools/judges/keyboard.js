// The keyboard's view of a page, used by keyboard.py: what may be reached, and how it looks where the focus is.
(() => {
  const WANTED = "a[href], button, input, select, textarea, summary, [tabindex], video[controls], audio[controls], [contenteditable=true]";
  const looks = (element) => {
    const style = getComputedStyle(element);
    const after = getComputedStyle(element, "::after"), before = getComputedStyle(element, "::before");
    return ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor", "backgroundColor", "color", "textDecorationLine", "borderBottomWidth"]
      .map((name) => style[name]).concat(after.outlineStyle, before.outlineStyle, after.boxShadow, before.boxShadow).join("|");
  };
  // A control drawn by its label (a chip, a segment) shows the focus there.
  const faces = (element) => [element, element.closest("label"), element.firstElementChild, element.nextElementSibling, element.parentElement].filter(Boolean);
  const name = (element) => {
    const own = element.id ? `#${element.id}` : element.className && typeof element.className === "string" ? `.${element.className.split(" ")[0]}` : "";
    const words = (element.getAttribute("aria-label") || element.textContent || element.name || element.getAttribute("href") || "").replace(/\s+/g, " ").trim().slice(0, 30);
    return `${element.tagName.toLowerCase()}${own} ${words}`.trim();
  };
  const may = (element) => {
    if (element.tabIndex < 0 || element.disabled || element.closest("[inert],[hidden]") || element.type === "hidden") return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.type === "radio") {
      const group = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(element.name)}"]`)].filter((other) => other.form === element.form);
      return element === (group.find((other) => other.checked) ?? group[0]);
    }
    return true;
  };
  window.__keys = {
    start() {
      this.wanted = [...document.querySelectorAll(WANTED)].filter(may);
      this.plain = new Map(this.wanted.map((element) => [element, faces(element).map(looks)]));
      this.last = null;
      return this.wanted.length;
    },
    // Where the focus is now: whether it stayed, which of the controls that is, its name, and what is wrong with it.
    here() {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      const faults = [];
      const box = element.getBoundingClientRect();
      const face = box.width < 3 && element.closest("label") ? element.closest("label").getBoundingClientRect() : box;
      if (face.bottom <= 0 || face.top >= innerHeight || face.right <= 0 || face.left >= innerWidth) faults.push("out of the window");
      else {
        // The middle of the part that is in the window; bars and docks must not lie over it.
        const x = (Math.max(face.left, 0) + Math.min(face.right, innerWidth)) / 2, y = (Math.max(face.top, 0) + Math.min(face.bottom, innerHeight)) / 2;
        const top = document.elementFromPoint(x, y);
        const lies = top && !element.contains(top) && !top.contains(element) && !element.closest("label")?.contains(top) && [...function* () { for (let up = top; up; up = up.parentElement) yield up; }()].find((up) => /fixed|sticky/.test(getComputedStyle(up).position) && !up.contains(element));
        if (lies) faults.push(`covered by ${name(lies)}`);
      }
      const before = this.plain.get(element), now = faces(element).map(looks);
      if (before && before.join() === now.join()) faults.push("focus not visible");
      const stays = element === this.last;
      if (this.last?.isConnected && element.compareDocumentPosition(this.last) & Node.DOCUMENT_POSITION_FOLLOWING) faults.push("order: comes after what stands below it");
      return { stays, known: this.wanted.indexOf(element), name: name(element), faults };
    },
    // The same, and the next look counts from here; what seems wrong is looked at once more first, unless this is that look.
    look(again) {
      const found = this.here();
      if (again || !found?.faults.length) this.last = document.activeElement;
      return found;
    },
    missed(reached) {
      return this.wanted.filter((element, number) => !reached.includes(number) && may(element)).map(name);
    },
  };
  return window.__keys.start();
})()
