// Cars a visitor keeps or compares: in this browser only, written only when they ask for it, gone when they take it out.

const KEY = "kept";
export const MOST = { favourites: 100, compare: 4 };

const words = document.querySelector("[data-words]").dataset;
const SAID = {
  favourites: { icon: "heart", word: words.keep, done: words.isKept, label: words.keepCar, added: words.added, dropped: words.dropped, full: words.full, show: words.show, page: words.favourites },
  compare: { icon: "compare", word: words.match, done: words.isMatched, label: words.matchCar, added: words.matchAdded, dropped: words.matchDropped, full: words.matchFull, show: words.showMatch, page: words.compare },
};

// -- the memory: `{favourites: [{id, href, title, price, at}], compare: […]}`, newest last ----------------------------

export function kept() {
  let stored = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    // Storage is switched off, or somebody wrote nonsense: nothing is kept.
  }
  return Object.fromEntries(Object.keys(MOST).map((list) => [list, Array.isArray(stored[list]) ? stored[list].filter(isCar) : []]));
}

function isCar(car) {
  return car && typeof car.id === "string" && typeof car.title === "string" && /^\/(?!\/)/.test(car.href);
}

// Gives whether it could be written.
function write(all) {
  try {
    if (Object.values(all).every((cars) => cars.length === 0)) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    return false;
  }
  document.dispatchEvent(new CustomEvent("kept"));
  return true;
}

export function holds(list, id) {
  return kept()[list].some((car) => car.id === id);
}

export function put(list, cars) {
  return write({ ...kept(), [list]: cars });
}

export function toggle(list, car) {
  const said = SAID[list];
  const cars = kept()[list];
  const inside = cars.some((each) => each.id === car.id);
  if (!inside && cars.length >= MOST[list]) {
    toast(said.full, { text: said.show, href: said.page });
    return;
  }
  const rest = inside ? cars.filter((each) => each.id !== car.id) : [...cars, { ...car, at: new Date().toISOString() }];
  if (!put(list, rest)) toast(words.refused);
  else if (inside) toast(named(said.dropped, car), { text: words.undo, act: () => put(list, cars) });
  else toast(named(said.added, car), { text: said.show, href: said.page });
}

function named(sentence, car) {
  return sentence.replace("[title]", car.title);
}

// -- buttons ----------------------------------------------------------------------------------------------------------

export function button(list, car, wordy = false) {
  const said = SAID[list];
  const made = document.createElement("button");
  made.type = "button";
  made.className = wordy ? "btn btn-quiet keep-word" : "keep";
  made.dataset.keep = list;
  made.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-${said.icon}"/></svg>`;
  if (wordy) made.append(document.createElement("span"));
  else made.setAttribute("aria-label", named(said.label, car));
  const state = () => {
    const on = holds(list, car.id);
    made.setAttribute("aria-pressed", String(on));
    if (wordy) made.lastChild.textContent = on ? said.done : said.word;
    else made.title = on ? said.done : said.word;
  };
  made.addEventListener("click", (event) => {
    event.preventDefault();
    toggle(list, car);
  });
  document.addEventListener("kept", state);
  state();
  return made;
}

const text = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
const page = document.querySelector("main[data-listing]");

// Gives every card in there its buttons; once for the page, again for what a script puts on it.
export function dress(root) {
  for (const card of root.querySelectorAll("[data-car]:not(main)")) {
    const link = card.querySelector("a[href]");
    const photo = card.querySelector(".ph");
    if (!link || !photo || photo.querySelector(".keeps")) continue;
    const car = { id: card.dataset.car, href: link.getAttribute("href"), title: text(link), price: text(card.querySelector(".price")) };
    const stack = document.createElement("div");
    stack.className = "keeps";
    stack.append(button("favourites", car), button("compare", car));
    photo.append(stack);
  }
}

dress(document);

if (page) {
  const place = document.querySelector("[data-keep-here]");
  const car = { id: page.dataset.listing, href: location.pathname, title: text(page.querySelector("h1")), price: text(page.querySelector(".pbox .price")) };
  place?.prepend(button("favourites", car, true), button("compare", car, true));
}

// -- counts in the head of the site -----------------------------------------------------------------------------------

function count() {
  const all = kept();
  for (const place of document.querySelectorAll("[data-kept-count]")) {
    const { length } = all[place.dataset.keptCount] ?? [];
    const link = place.closest("a");
    place.textContent = length;
    place.hidden = length === 0;
    if (!link) continue;
    link.dataset.label ??= link.getAttribute("aria-label");
    link.setAttribute("aria-label", length ? words.count.replace("[label]", link.dataset.label).replace("[n]", length) : link.dataset.label);
  }
}

document.addEventListener("kept", count);
// Another tab kept a car, or the browser brought this page back from its memory.
addEventListener("storage", (event) => { if (event.key === KEY || event.key === null) document.dispatchEvent(new CustomEvent("kept")); });
addEventListener("pageshow", (event) => { if (event.persisted) document.dispatchEvent(new CustomEvent("kept")); });
count();

// -- a sentence at the foot of the window -----------------------------------------------------------------------------

const SECONDS = 6;
let shown, timer;

export function toast(sentence, way) {
  clearTimeout(timer);
  if (!shown) {
    shown = document.createElement("div");
    shown.className = "toast";
    shown.setAttribute("role", "status");
    document.body.append(shown);
    // A sentence somebody reads or is about to act on stays.
    for (const stay of ["focusin", "pointerenter"]) shown.addEventListener(stay, () => clearTimeout(timer));
    for (const go of ["focusout", "pointerleave"]) shown.addEventListener(go, soon);
  }
  const said = document.createElement("span");
  said.textContent = sentence;
  const close = document.createElement("button");
  close.type = "button";
  close.setAttribute("aria-label", words.closing);
  close.innerHTML = '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-x"/></svg>';
  close.addEventListener("click", hide);
  shown.replaceChildren(said, ...(way ? [wayOut(way)] : []), close);
  shown.hidden = false;
  soon();
}

function wayOut(way) {
  const made = document.createElement(way.href ? "a" : "button");
  made.textContent = way.text;
  if (way.href) made.href = way.href;
  else {
    made.type = "button";
    made.addEventListener("click", () => { way.act(); hide(); });
  }
  return made;
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(hide, SECONDS * 1000);
}

function hide() {
  clearTimeout(timer);
  shown.hidden = true;
}
