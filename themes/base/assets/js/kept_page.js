// The pages of kept cars: each car's own page is read as it is today; the browser keeps only which cars they are.
import { button, kept, put, toast } from "./kept.js";
import { sheet } from "./sheet.js";

const AT_ONCE = 4;
const root = document.querySelector("[data-kept]");
const words = root.dataset;
const list = words.kept;
const empty = root.querySelector("[data-empty]");
const read = new Map();

const clean = (text) => text?.replace(/\s+/g, " ").trim() ?? "";
const digits = (text) => clean(text).replace(/\D/g, "");

function made(tag, name, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside.filter(Boolean));
  return element;
}

// -- reading a car's page ---------------------------------------------------------------------------------------------

async function look(car) {
  const address = new URL(car.href, location.origin);
  if (address.origin !== location.origin) return { state: "failed" };
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (answer.status === 404 || answer.status === 410) return { state: "gone" };
  if (!answer.ok) return { state: "failed" };
  const text = new DOMParser().parseFromString(await answer.text(), "text/html");
  const wanted = document.documentElement.lang;
  const same = text.documentElement.lang !== wanted && text.querySelector(`a[hreflang="${wanted}"]`)?.getAttribute("href");
  // Kept in another language of the site: the same car is told in this one.
  if (same && same !== car.href && !car.told) return look({ ...car, href: same, told: true });
  const main = text.querySelector("main[data-listing]");
  if (!main) return { state: "gone" };
  const sold = main.dataset.state === "sold" || main.querySelector(".side a[href='#similar'], .sold-mark") !== null;
  return {
    state: sold ? "sold" : main.dataset.state || "active",
    href: address.pathname,
    title: clean(main.querySelector("h1")?.textContent),
    version: clean(main.querySelector(".v-h p:not([class]), .cover-t .ver")?.textContent),
    price: clean(main.querySelector(".pbox .price")?.textContent),
    vat: clean(main.querySelector(".facts-vat li")?.textContent),
    picture: main.querySelector(".reel picture, .cover picture, .ph picture"),
    drawing: main.querySelector(".line")?.className,
    watched: text.getElementById("alert") !== null,
    facts: facts(main),
  };
}

function facts(main) {
  const pairs = new Map();
  for (const box of main.querySelectorAll("[data-facts]")) {
    for (const label of box.querySelectorAll("dt, th")) {
      const value = label.nextElementSibling;
      if (value && !pairs.has(clean(label.textContent))) pairs.set(clean(label.textContent), clean(value.textContent));
    }
  }
  return pairs;
}

function photo(seen) {
  const box = made("div", "ph");
  if (!seen?.picture) {
    box.classList.add("ph-none");
    box.append(made("span", seen?.drawing || "line"));
    return box;
  }
  const picture = document.importNode(seen.picture, true);
  for (const source of picture.querySelectorAll("source")) source.sizes = "(min-width: 40em) 15rem, 40vw";
  const image = picture.querySelector("img");
  image.removeAttribute("fetchpriority");
  image.loading = "lazy";
  image.alt = "";
  box.append(picture);
  return box;
}

function state(car, seen) {
  if (!seen) return made("p", "small muted", words.loading);
  const said = { gone: words.gone, sold: words.sold, reserved: words.reserved, failed: words.failed }[seen.state];
  if (said) return made("p", "", made("span", seen.state === "reserved" ? "badge badge-warn" : "badge badge-ink", said));
  if (car.price && digits(car.price) && digits(car.price) !== digits(seen.price)) return made("p", "small", words.changed.replace("[price]", car.price));
  return null;
}

function link(car, seen) {
  const title = seen?.title || car.title;
  if (seen?.state === "gone") return made("span", "", title);
  const anchor = made("a", "", title);
  anchor.href = seen?.href || car.href;
  return anchor;
}

// The form stands on the car's own page, where the price is.
function watcher(car, seen) {
  if (!seen?.watched) return null;
  const anchor = made("a", "btn btn-quiet", words.watch);
  anchor.href = `${seen.href}#alert`;
  anchor.setAttribute("aria-label", words.watchCar.replace("[title]", car.title));
  return anchor;
}

function remover(car) {
  const button = made("button", "btn btn-quiet", words.remove);
  button.type = "button";
  button.setAttribute("aria-label", words.removeCar.replace("[title]", car.title));
  button.addEventListener("click", () => {
    const before = kept()[list];
    const at = before.findIndex((each) => each.id === car.id);
    put(list, before.filter((each) => each.id !== car.id));
    offerBack(words.removed.replace("[title]", car.title), before);
    const next = root.querySelectorAll("[data-remove]");
    (next[Math.min(at, next.length - 1)] ?? empty.querySelector("a"))?.focus();
  });
  button.dataset.remove = "";
  return button;
}

function offerBack(sentence, cars) {
  toast(sentence, { text: words.undo, act: () => put(list, cars) });
}

// -- favourites -------------------------------------------------------------------------------------------------------

function entry(car) {
  const seen = read.get(car.id);
  const kind = seen?.state ?? "waiting";
  const live = kind !== "gone" && kind !== "sold";
  const strip = made("ul", "facts", ...[...(seen?.facts ?? [])].slice(0, 5).map(([, value]) => made("li", "", value)));
  return made("li", `kept-car kept-${kind}`, photo(seen),
    made("div", "kept-t", made("h2", "", link(car, seen)), seen?.version && made("p", "small muted", seen.version), strip.childElementCount && strip, state(car, seen)),
    made("div", "kept-p", live && made("p", "price", seen ? seen.price || words.ask : car.price), live && seen?.vat && made("p", "tiny muted", seen.vat)),
    made("div", "kept-acts", live && button("compare", { id: car.id, href: car.href, title: car.title, price: car.price }, true), live && watcher(car, seen), remover(car)));
}

function favourites(cars) {
  return [made("ul", "kept-list", ...[...cars].reverse().map(entry)), clearer()];
}

function clearer() {
  const button = made("button", "btn", words.clear);
  button.type = "button";
  button.addEventListener("click", () => {
    const before = kept()[list];
    put(list, []);
    offerBack(words.cleared, before);
    empty.querySelector("a")?.focus();
  });
  return made("p", "kept-end", button);
}

// -- comparison -------------------------------------------------------------------------------------------------------

let onlyDifferent = false;

function compare(cars) {
  const seen = cars.map((car) => read.get(car.id));
  const labels = [...new Set(seen.flatMap((each) => [...(each?.facts?.keys() ?? [])]))];
  const rows = [[words.price, cars.map((car, at) => (seen[at] ? seen[at].price || words.ask : car.price))], ...labels.map((label) => [label, seen.map((each) => each?.facts?.get(label) ?? "")])];
  const complete = cars.length > 1 && seen.every((each) => each?.facts);
  const lines = rows.map(([label, values]) => {
    const differs = complete && new Set(values).size > 1;
    const head = made("th", "", label, differs && mark());
    head.scope = "row";
    const line = made("tr", differs ? "differs" : "", head, ...values.map((value) => made("td", "", value || "–")));
    line.hidden = onlyDifferent && complete && !differs;
    return line;
  });
  const corner = made("th", "", made("span", "sr", words.label));
  corner.scope = "col";
  const table = made("table", "cmp", made("caption", "sr", words.table),
    made("thead", "", made("tr", "", corner, ...cars.map((car, at) => column(car, seen[at])))), made("tbody", "", ...lines));
  table.style.setProperty("--cars", cars.length);
  const box = made("div", "cmp-box", table);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", words.table);
  return [cars.length < 2 ? made("p", "muted", words.more) : onlySwitch(complete && !lines.some((line) => line.className)), box, clearer()];
}

function mark() {
  const sign = made("span", "cmp-mark", "≠");
  sign.setAttribute("aria-hidden", "true");
  return made("span", "", " ", sign, made("span", "sr", words.differs));
}

function column(car, seen) {
  const head = made("th", "", photo(seen), made("span", "cmp-name", link(car, seen)), state(car, seen), remover(car));
  head.scope = "col";
  return head;
}

function onlySwitch(alike) {
  if (alike) return made("p", "muted", words.same);
  const tick = made("input");
  tick.type = "checkbox";
  tick.checked = onlyDifferent;
  tick.addEventListener("change", () => {
    onlyDifferent = tick.checked;
    draw();
    root.querySelector(".cmp-only input").focus();
  });
  return made("label", "cmp-only", tick, words.only);
}

// -- the page ---------------------------------------------------------------------------------------------------------

const content = made("div", "kept-in");
let usable = true;

function draw() {
  const cars = kept()[list];
  const place = content.querySelector(".cmp-box")?.scrollLeft ?? 0;
  empty.hidden = cars.length > 0 || !usable;
  content.replaceChildren(...(cars.length ? (list === "compare" ? compare : favourites)(cars) : usable ? [] : [made("div", "note", made("p", "", words.refused))]));
  content.querySelector(".cmp-box")?.scrollTo(place, 0);
}

async function fill() {
  const waiting = kept()[list].filter((car) => !read.has(car.id));
  for (const car of waiting) read.set(car.id, undefined);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let car = waiting.shift(); car; car = waiting.shift()) {
      read.set(car.id, await look(car).catch(() => ({ state: "failed" })));
      drawSoon();
    }
  }));
}

let drawing = false;

// Not a drawing for each page that arrives, and none that takes the focus from a button.
function drawSoon() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    const held = document.activeElement?.closest("[data-remove]")?.getAttribute("aria-label");
    draw();
    if (held) [...root.querySelectorAll("[data-remove]")].find((each) => each.getAttribute("aria-label") === held)?.focus();
  }, 60);
}

async function start() {
  try {
    localStorage.getItem("kept");
  } catch {
    usable = false;
  }
  empty.hidden = !usable || kept()[list].length > 0;
  await sheet(words.sheet);
  root.append(content);
  draw();
  await fill();
}

document.addEventListener("kept", () => { draw(); fill(); });
start();
