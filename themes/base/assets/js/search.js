// Results as you type. The server draws the page, here its parts are put in place; when it does not answer in time, cars
// are found in the files of the site (search_static.js). Without this script every step is a page of its own.

import { dress } from "./kept.js";

const LIMIT = 800; // ms a search may take before the files are asked instead
const LONG_LIMIT = 4000; // where a page of its own would have to be fetched instead
const PAUSE = 250; // ms of quiet while somebody types
const REST = 10_000; // ms the server is left alone after it failed
const SHOW_BUSY = 200;

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
let words = one("[data-search-words]")?.dataset;
const hits = () => one("[data-part=hits]");
const filter = () => one("form#filter");

let running, waiting, shown = here(), failedAt = words && "down" in words ? Date.now() : -Infinity;

function here() {
  return location.pathname + location.search;
}

// -- what is asked -----------------------------------------------------------------------------------------------------

const isSearch = (address) => new URL(address, document.baseURI).pathname.endsWith("/-/search");

function parameters(form) {
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value && value !== "any") given.append(name, value);
  if (!given.has("place")) given.delete("radius");
  if (given.get("sort") === "distance" && !given.has("place")) given.delete("sort");
  return given;
}

// The other way round: the form says what an address asks for.
function fill(form, asked) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type === "checkbox") field.checked = asked.getAll(field.name).includes(field.value);
    else if (asked.has(field.name) || field.name !== "radius") field.value = asked.get(field.name) ?? "";
  }
}

const addressOf = (form) => `${form.getAttribute("action")}?${parameters(form)}`;

// -- asking ------------------------------------------------------------------------------------------------------------

// `how`: "push" adds a step to the history, "replace" changes the last one, "stay" leaves it alone. A list has no place
// for hits: it becomes the page of results when there are some, and the address follows.
async function go(address, how = "push", { move = false, typing = false } = {}) {
  clearTimeout(waiting);
  running?.abort();
  const turn = running = new AbortController();
  const busy = setTimeout(() => hits()?.setAttribute("aria-busy", "true"), SHOW_BUSY);
  const isHere = Boolean(hits());
  if (isHere) remember(address, how);
  try {
    const answer = Date.now() - failedAt < REST ? null : await ask(address, turn);
    if (turn.signal.aborted) return;
    if (answer) {
      failedAt = -Infinity;
      if (!isHere) remember(address, how);
      place(new DOMParser().parseFromString(answer, "text/html"), how === "stay");
    } else if (words) {
      if (how === "stay" && filter()) fill(filter(), new URL(address, document.baseURI).searchParams);
      await fromFiles(new URL(address, document.baseURI), turn);
      if (turn.signal.aborted) return;
    } else if (!typing) {
      // The search page finds cars in the files of the site.
      location.assign(`${filter().dataset.search}${new URL(address, document.baseURI).search}`);
      return;
    }
    say(one("h1")?.textContent);
    if (move) toHits();
  } finally {
    clearTimeout(busy);
    if (!turn.signal.aborted) hits()?.removeAttribute("aria-busy");
  }
}

// Gives the page, or null when there is none in time.
async function ask(address, turn) {
  const limit = setTimeout(() => late.abort(), words ? LIMIT : LONG_LIMIT);
  const late = new AbortController();
  turn.signal.addEventListener("abort", () => late.abort());
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: late.signal, credentials: "omit" });
    if (answer.status >= 500 || !answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(answer.status);
    return await answer.text();
  } catch {
    if (!turn.signal.aborted) failedAt = Date.now();
    return null;
  } finally {
    clearTimeout(limit);
  }
}

function remember(address, how) {
  shown = new URL(address, document.baseURI).href.replace(location.origin, "");
  if (how === "stay" || new URL(shown, location.origin).origin !== location.origin) return;
  history[how === "push" && !sheet ? "pushState" : "replaceState"](history.state, "", shown);
}

// -- putting the page together -------------------------------------------------------------------------------------------

// `follow`: the form says what was asked, whatever stands in it; else what somebody types into stays as it is.
function place(page, follow) {
  document.title = page.title;
  const keep = document.activeElement?.id;
  let settle = null;
  const filterHere = filter(), filterThere = one("form#filter", page);
  if (!hits() || !one("[data-part=hits]", page) || !filterHere || !filterThere) {
    if (filterHere && filterThere) settle = takeAlong(filterHere, filterThere);
    one("main").replaceChildren(...one("main", page).childNodes);
    if (!sheet) scrollTo(0, 0);
    words = one("[data-search-words]")?.dataset;
  } else {
    for (const part of all("[data-part]", page)) {
      const old = one(`[data-part=${part.dataset.part}]`);
      if (old && !old.closest("form")) old.replaceWith(part);
    }
    for (const part of all("[data-part]", filterThere)) one(`[data-part=${part.dataset.part}]`, filterHere)?.replaceWith(part);
    groups(filterHere, filterThere, follow);
  }
  if (keep && document.activeElement?.id !== keep) document.getElementById(keep)?.focus({ preventScroll: true });
  settle?.();
  dress(document);
  if (one("form[data-inquiry]")) import("./inquiry.js").then(({ takeOver }) => takeOver());
}

// The filter of a list goes on where the visitor is: open, with what is being typed. Gives what puts the cursor and the
// scrolled box back once it stands in the page.
function takeAlong(old, fresh) {
  const text = one("#filter-q", old);
  const at = one(".sheet-body", old).scrollTop, cursor = text.selectionStart;
  if (document.activeElement === text) one("#filter-q", fresh).value = text.value;
  fresh.classList.toggle("open", Boolean(sheet));
  for (const group of all("details[data-group]", old)) {
    const now = one(`details[data-group="${group.dataset.group}"]`, fresh);
    if (now) now.open = group.open;
  }
  return () => {
    one(".sheet-body", fresh).scrollTop = at;
    one("#filter-q", fresh).setSelectionRange(cursor, cursor);
  };
}

// Groups take over what the server says, but stay as open and as far scrolled as the visitor left them.
function groups(old, fresh, follow) {
  const typed = follow ? null : document.activeElement;
  const known = new Map(all("details[data-group]", old).map((group) => [group.dataset.group, group]));
  for (const group of all("details[data-group]", fresh)) {
    const before = known.get(group.dataset.group);
    if (!before) continue;
    group.open = before.open;
    const more = one(".picks-more", before), picks = one(".picks", before);
    if (more?.open && one(".picks-more", group)) one(".picks-more", group).open = true;
    if (picks && one(".picks", group)) group.dataset.at = picks.scrollTop;
  }
  const box = one(".sheet-body", old), at = box.scrollTop;
  const text = one("#filter-q", old), said = one("#filter-q", fresh);
  if (text && said && typed !== text) text.value = said.value;
  const rest = all(".sheet-body > :not(.fgroup-q)", old), next = all(".sheet-body > :not(.fgroup-q)", fresh);
  const isTyping = typed?.matches?.("input:not([type=checkbox])") && rest.some((group) => group.contains(typed));
  for (const group of rest) if (!isTyping || !group.contains(typed)) group.remove();
  const mine = isTyping ? typed.closest("details[data-group]") : null;
  let past = false;
  for (const group of next) {
    if (mine && group.dataset.group === mine.dataset.group) past = true;
    else if (mine && !past) mine.before(group);
    else box.append(group);
    if (group.dataset.at) one(".picks", group).scrollTop = group.dataset.at;
  }
  box.scrollTop = at;
}

function toHits() {
  const box = hits();
  if (!box) return;
  box.tabIndex = -1;
  box.focus({ preventScroll: true });
  (one("[data-part=title]") ?? box).scrollIntoView({ block: "start" });
}

function say(sentence) {
  const place = one("[data-said]");
  if (place && sentence && place.textContent !== sentence) place.textContent = sentence;
}

// -- without the server: the files of the site ----------------------------------------------------------------------------

async function fromFiles(address, turn) {
  let found;
  try {
    const { find } = await import("./search_static.js");
    found = await find(address.searchParams, "");
  } catch {
    found = { ok: false };
  }
  if (turn.signal.aborted) return;
  const { outcome } = await import("./search_found.js");
  outcome(found, { address, words, hits: hits() });
  dress(document);
}

// -- the sheet on phones: back closes it and keeps what was chosen ----------------------------------------------------------

let sheet = null;

function openSheet() {
  const form = filter();
  if (!form || sheet) return false;
  sheet = { before: shown, from: document.activeElement };
  history.pushState({ sheet: true }, "", shown);
  form.classList.add("open");
  one(".sheet-head a", form)?.focus();
  return true;
}

function closeSheet() {
  if (!sheet) return;
  const { before, from } = sheet;
  sheet = null;
  filter()?.classList.remove("open");
  (from?.isConnected ? from : one('a[href="#filter"]'))?.focus({ preventScroll: true });
  if (before === shown) history.back();
  else history.replaceState(null, "", shown);
}

// -- what visitors do -------------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-search]")) return;
  event.preventDefault();
  const address = addressOf(form), fresh = address !== shown;
  const isSheet = Boolean(sheet);
  if (fresh) go(address, "push", { move: form !== filter() || Boolean(event.submitter) });
  if (isSheet) closeSheet();
  if (!fresh) toHits();
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "filter-q" || !filter()?.contains(event.target)) return;
  clearTimeout(waiting);
  waiting = setTimeout(typed, PAUSE);
});

let lastTyped = null;

function typed() {
  const address = addressOf(filter());
  if (address === shown) return;
  const again = lastTyped === shown;
  go(address, again ? "replace" : "push", { typing: true }).then(() => { lastTyped = shown; });
  lastTyped = shown;
}

document.addEventListener("change", (event) => {
  const form = filter();
  if (!form || event.target.form !== form || event.target.id === "filter-q") return;
  const address = addressOf(form);
  if (address !== shown) go(address);
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("a[href]");
  if (!link) return;
  const href = link.getAttribute("href");
  if (href === "#filter") {
    if (openSheet()) event.preventDefault();
  } else if (sheet && link.closest(".sheet-head")) {
    event.preventDefault();
    closeSheet();
  } else if (hits() && isSearch(href) && link.closest("[data-part], #filter")) {
    event.preventDefault();
    go(href, "push", { move: Boolean(link.closest(".pag")) });
  }
});

addEventListener("keydown", (event) => {
  if (!sheet) return;
  if (event.key === "Escape") closeSheet();
  if (event.key !== "Tab") return;
  const stops = all("a[href], button, input, select, summary", filter()).filter((stop) => stop.offsetParent && !stop.disabled);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
});

addEventListener("popstate", () => {
  if (sheet) {
    const { before } = sheet;
    sheet = null;
    filter()?.classList.remove("open");
    one('a[href="#filter"]')?.focus({ preventScroll: true });
    if (before !== shown) history.pushState(null, "", shown);
    return;
  }
  if (here() !== shown && (isSearch(location.href) || hits())) {
    if (isSearch(location.href)) go(here(), "stay");
    else location.reload();
  }
});

// A page that came without an answer, or with a search in its address that nobody has asked yet.
if (words && hits() && (failedAt > 0 || (!isSearch(location.href) && location.search))) {
  const form = one("form[data-search]");
  go(isSearch(location.href) ? here() : `${form.getAttribute("action")}${location.search}`, "stay");
}
