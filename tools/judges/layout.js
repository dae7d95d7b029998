// What is wrong with the layout of the page as it stands: run in the page by layout.py, gives [{rule, where, detail}].
// Every text is measured by the boxes of its letters, so that it does not matter how it came to be where it is.
(options) => {
  const found = [];
  const blame = (rule, element, detail) => found.push({ rule, where: name(element), detail: String(detail).slice(0, 160) });
  const name = (element) => {
    if (!element || element === document.documentElement) return "html";
    const own = element.id ? `#${element.id}` : [...element.classList].slice(0, 2).map((word) => `.${word}`).join("");
    const above = element.parentElement?.closest("[class],[id]");
    const upper = above && above !== document.body ? `${above.tagName.toLowerCase()}${above.classList[0] ? `.${above.classList[0]}` : ""} ` : "";
    return `${upper}${element.tagName.toLowerCase()}${own}`;
  };
  const short = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);
  const width = document.documentElement.clientWidth;
  const styles = new Map();
  const style = (element) => styles.get(element) ?? styles.set(element, getComputedStyle(element)).get(element);

  // An element is out of sight when something above it hides it; a skip link and a hidden word are out of sight by design.
  const shown = new Map();
  const isShown = (element) => {
    if (!element || element === document.documentElement) return true;
    if (shown.has(element)) return shown.get(element);
    // What lies in a closed <details> has boxes all the same.
    if (!element.checkVisibility()) return shown.set(element, false), false;
    const look = style(element);
    const box = element.getBoundingClientRect();
    const pinched = look.position === "absolute" && box.width <= 2 && box.height <= 2;
    const away = look.position !== "static" && (box.right < 0 || box.bottom + scrollY < 0);
    const here = look.display !== "none" && look.visibility !== "hidden" && Number(look.opacity) > 0.02 &&
      look.clipPath !== "inset(50%)" && !/rect\((0px|1px)/.test(look.clip) && !pinched && !away &&
      !element.closest("[hidden]") && isShown(element.parentElement);
    shown.set(element, here);
    return here;
  };
  const scrolls = (element) => /auto|scroll/.test(style(element).overflowX);
  const above = function* (element) {
    for (let up = element; up && up !== document.documentElement; up = up.parentElement) yield up;
  };
  const floats = (element) => [...above(element)].find((up) => /fixed|sticky/.test(style(up).position)) ?? null;
  const inScroller = (element) => [...above(element)].some((up) => up !== element && up !== document.body && scrolls(up));
  const cuts = (element) => /hidden|clip/.test(style(element).overflowX) || /hidden|clip/.test(style(element).overflowY);
  const meansToCut = (element) => style(element).textOverflow === "ellipsis" || style(element).webkitLineClamp !== "none";

  // -- sideways --
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) blame("scrolls sideways", document.documentElement, `by ${over} px`);

  // -- texts and their boxes --
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest("script,style,noscript,template,option,textarea,svg") || !isShown(holder)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0.5 && rect.height > 0.5);
    if (rects.length) texts.push({ node, holder, rects, text: node.data });
  }
  const blockOf = (element) => [...above(element)].find((up) => !/^(inline|contents)$/.test(style(up).display)) ?? document.body;
  for (const { holder, rects, text } of texts) {
    const left = Math.min(...rects.map((rect) => rect.left)), right = Math.max(...rects.map((rect) => rect.right));
    if ((right > width + 1 || left < -1) && !inScroller(holder) && ![...above(holder)].some((up) => cuts(up) && meansToCut(up)))
      blame("text leaves the screen", holder, `${Math.round(left)}–${Math.round(right)} of ${width}: ${short(text)}`);
    const block = blockOf(holder);
    const box = block.getBoundingClientRect();
    const cutting = [...above(holder)].find((up) => cuts(up));
    if (!cuts(block) && !scrolls(block) && style(block).display !== "table-row" && (right > box.right + 1.5 || left < box.left - 1.5) && box.width > 0)
      blame("text leaves its box", block, `by ${Math.round(Math.max(right - box.right, box.left - left))} px: ${short(text)}`);
    if (cutting && !scrolls(cutting) && ![...above(holder)].some((up) => meansToCut(up)) && cutting !== document.body) {
      const frame = cutting.getBoundingClientRect();
      // A line's box is taller than its letters: a third of a line may be cut away without touching one.
      const lost = rects.some((rect) => rect.right > frame.right + 1.5 || rect.left < frame.left - 1.5 ||
        rect.bottom - rect.height * 0.3 > frame.bottom || rect.top + rect.height * 0.3 < frame.top);
      if (lost && frame.width > 2 && !inScroller(holder)) blame("text is cut off", cutting, short(text));
    }
  }

  // -- texts over one another: letters are about the middle seven tenths of their line's box --
  // What a box cuts away or holds for scrolling is not there.
  const seen = (line) => {
    for (const up of above(line.holder)) {
      if (up === document.body || !(cuts(up) || scrolls(up))) continue;
      const frame = up.getBoundingClientRect();
      line.left = Math.max(line.left, frame.left);
      line.right = Math.min(line.right, frame.right);
      line.top = Math.max(line.top, frame.top);
      line.bottom = Math.min(line.bottom, frame.bottom);
    }
    return line.right - line.left > 1 && line.bottom - line.top > 1 && line.right > 0 && line.left < width;
  };
  const lines = texts.flatMap(({ holder, rects, text }) => rects.map((rect) => ({
    holder, text, left: rect.left + 1, right: rect.right - 1, top: rect.top + rect.height * 0.17, bottom: rect.bottom - rect.height * 0.17,
  }))).filter(seen).sort((one, other) => one.top - other.top);
  const told = new Set();
  for (let one = 0; one < lines.length; one += 1) {
    for (let two = one + 1; two < lines.length && lines[two].top < lines[one].bottom; two += 1) {
      const a = lines[one], b = lines[two];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide < 2 || high < 2 || a.holder === b.holder || floats(a.holder) !== floats(b.holder)) continue;
      const key = `${name(a.holder)} ${name(b.holder)}`;
      if (!told.has(key)) blame("texts overlap", a.holder, `${short(a.text)} × ${name(b.holder)} ${short(b.text)}`);
      told.add(key);
    }
  }

  // -- boxes that leave the screen, pictures that are bent or missing --
  for (const element of document.querySelectorAll("main *, header *, footer *, nav *")) {
    if (!/^(IMG|PICTURE|VIDEO|TABLE|INPUT|SELECT|TEXTAREA|BUTTON|A|FORM|FIELDSET|FIGURE|DIALOG)$/.test(element.tagName) || !isShown(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > width + 1 && !inScroller(element) && ![...above(element)].some((up) => up !== element && cuts(up)))
      blame("box leaves the screen", element, `right edge at ${Math.round(box.right)} of ${width}`);
    if (element.tagName === "IMG" && element.complete && element.currentSrc && !element.naturalWidth) blame("picture missing", element, element.currentSrc);
    if (element.tagName === "IMG" && element.naturalWidth && box.width > 8 && style(element).objectFit === "fill") {
      const bent = (box.width / box.height) / (element.naturalWidth / element.naturalHeight);
      if (bent > 1.04 || bent < 0.96) blame("picture is bent", element, `${Math.round(box.width)}×${Math.round(box.height)} from ${element.naturalWidth}×${element.naturalHeight}`);
    }
  }

  // -- words nobody should read, holes, dots without neighbours, numbers parted from their units --
  const nonsense = /\bNone\b|\bnull\b|\bundefined\b|\bNaN\b|\[object|\{\w+\}|&(?:amp|lt|gt|quot|nbsp);|(?<![\d.,])0[\s\u00a0]km\b|(?<![\d.,])0[\s\u00a0]kW\b|�/;
  for (const { holder, text } of texts) {
    const bad = nonsense.exec(text);
    if (bad && !holder.closest(options.free)) blame("nonsense", holder, `${bad[0]} in: ${short(text)}`);
  }
  const carries = "img,svg,input,select,textarea,button,video,picture,canvas,meter,progress,iframe,hr";
  for (const element of document.querySelectorAll("td,th,dd,dt,li,h1,h2,h3,h4,p,figcaption,summary,legend,caption,a,button")) {
    if (!isShown(element) || element.matches("thead td:first-child, tr:first-child > td:first-child, th:empty[scope]")) continue;
    const drawn = ["::before", "::after"].some((part) => !/^(none|normal)$/.test(getComputedStyle(element, part).content));
    const said = drawn || element.textContent.trim() || element.getAttribute("aria-label") || element.getAttribute("title") || element.querySelector(carries);
    const box = element.getBoundingClientRect();
    if (!said && box.width > 0 && box.height > 0) blame("empty", element, element.outerHTML.slice(0, 100));
    // A sign for nothing said (–) has words behind it for the ear, or it is a hole.
    if (/^[–—-]$/.test(element.innerText?.trim() ?? "") && /^(TD|DD)$/.test(element.tagName) && !element.querySelector("[class*=hidden],[aria-label]"))
      blame("hole", element, element.outerHTML.slice(0, 100));
    if (/^\s*[·•|]|[·•|]\s*$|[·•]\s*[·•]/.test(element.innerText ?? "") && !element.closest(options.free)) blame("orphan dot", element, short(element.innerText));
  }
  const parted = /(\d)([ \u00a0\u202f])(km|kW|PS|hp|€|%|g\/km|l\/100|kWh|cm³|ccm|Nm|m²)(?![A-Za-z])/g;
  for (const { node, holder, text } of texts) {
    if (holder.closest(options.free)) continue;
    for (const match of text.matchAll(parted)) {
      const box = (from) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, from + 1);
        return range.getBoundingClientRect();
      };
      if (Math.abs(box(match.index).top - box(match.index + 2).top) > 3) blame("unit parted", holder, `${match[0]} in: ${short(text)}`);
    }
  }
  return found;
}
