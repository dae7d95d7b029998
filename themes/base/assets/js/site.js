// Comfort only: every page works without it. Nothing is stored in the browser, nothing is asked of third parties.

// Pages blend into each other where the browser can; by script, since the HTML checker does not know the rule yet.
if (!matchMedia("(prefers-reduced-motion: reduce)").matches && "adoptedStyleSheets" in document) {
  const blend = new CSSStyleSheet();
  blend.replaceSync("@view-transition { navigation: auto }");
  document.adoptedStyleSheets = [blend];
}

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

// -- menu and sheet: Escape and a click beside close them -------------------------------------------------------------

const menu = one(".menu");

function closeMenu(focus) {
  if (!menu?.open) return;
  menu.open = false;
  if (focus) one("summary", menu).focus();
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  closeMenu(true);
  if (one(".sheet:target")) location.hash = "content";
});
addEventListener("click", (event) => {
  if (menu && !menu.contains(event.target)) closeMenu(false);
});

for (const select of all("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// -- gallery: thumbs and keys move the row, the pill counts -----------------------------------------------------------

for (const gallery of all(".gal")) {
  const reel = one(".reel", gallery);
  const shots = reel ? all(".ph", reel) : [];
  const pill = one("[data-count]", gallery);
  const current = () => Math.round(Math.abs(reel.scrollLeft) / reel.clientWidth);
  const show = (index) => {
    const shot = shots[Math.min(Math.max(index, 0), shots.length - 1)];
    reel.scrollTo({ left: shot.offsetLeft, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  reel?.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || reel.matches(":target")) return;
    event.preventDefault();
    show((current() || 0) + step);
  });
  reel?.addEventListener("scroll", () => {
    if (pill && !reel.matches(":target")) pill.textContent = `${current() + 1} / ${shots.length}`;
  }, { passive: true });
  for (const thumb of all(".thumbs a", gallery)) {
    const index = shots.findIndex((shot) => `#${shot.id}` === thumb.hash);
    if (index < 0) continue;
    thumb.addEventListener("click", (event) => {
      event.preventDefault();
      show(index);
    });
  }
}

// -- opening hours: today in bold, open or not, by the dealer's clock -------------------------------------------------

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function nowIn(zone) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const parts = Object.fromEntries(format.formatToParts(new Date()).map((part) => [part.type, part.value]));
  return { day: String(DAYS.indexOf(parts.weekday) + 1), time: `${parts.hour}:${parts.minute}` };
}

for (const table of all(".hours[data-zone]")) {
  const { day } = nowIn(table.dataset.zone);
  for (const row of all("tr[data-weekdays]", table)) {
    row.classList.toggle("today", row.dataset.weekdays.split(" ").includes(day));
  }
}

for (const state of all("[data-hours]")) {
  const { day, time } = nowIn(state.dataset.zone);
  const spans = state.dataset.hours.split(";").map((line) => line.split("|")).filter(([days]) => days.split(" ").includes(day))
    .flatMap(([, times]) => times.split(" ").filter(Boolean)).map((span) => span.split("-"));
  const open = spans.find(([from, to]) => from <= time && time < to);
  const later = spans.find(([from]) => time < from);
  const spoken = (clock) => clock.replace(/^0/, "").replace(document.documentElement.lang === "de" ? /:00$/ : /$^/, "");
  state.textContent = open ? state.dataset.open.replace("{time}", spoken(open[1]))
    : later ? state.dataset.later.replace("{time}", spoken(later[0])) : state.dataset.closed;
  state.classList.toggle("shut", !open);
  state.hidden = false;
}

// -- inquiry: sent beside the page; what was typed stays whatever happens ---------------------------------------------

for (const form of all("form[data-inquiry]")) {
  form.elements.started.value = String(Math.floor(Date.now() / 1000));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

async function send(form) {
  const button = one("button:not([type=button])", form);
  if (button.getAttribute("aria-busy") === "true") return;
  const words = button.textContent;
  button.setAttribute("aria-busy", "true");
  button.textContent = form.dataset.busy;
  clearErrors(form);
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
    const said = await answer.json();
    if (answer.ok) thank(form, said);
    else if (said.errors) refuse(form, said);
    else report(form, said.error || form.dataset.failed);
  } catch {
    report(form, form.dataset.failed);
  } finally {
    button.removeAttribute("aria-busy");
    button.textContent = words;
  }
}

function clearErrors(form) {
  for (const old of all(".err, .note", form)) old.remove();
  for (const field of all("[aria-invalid]", form)) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

function thank(form, said) {
  const note = made("div", "note", said.text);
  note.setAttribute("role", "status");
  note.tabIndex = -1;
  form.replaceWith(note);
  note.focus();
}

function refuse(form, said) {
  let first;
  for (const [name, sentence] of Object.entries(said.errors)) {
    const field = form.elements[name];
    if (!(field instanceof Element)) continue;
    const error = made("p", "err", sentence);
    error.id = `${field.id}-error`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", error.id);
    field.after(error);
    first ??= field;
  }
  if (first) first.focus();
  else report(form, said.error || form.dataset.failed);
}

function report(form, sentence) {
  const note = made("div", "note note-bad", sentence);
  note.setAttribute("role", "alert");
  form.prepend(note);
  note.scrollIntoView({ block: "nearest" });
}

function made(tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

// -- share, where the device can --------------------------------------------------------------------------------------

for (const button of all("[data-share]")) {
  if (!navigator.share && !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const what = { title: button.dataset.share, url: location.href.split("#")[0] };
    try {
      if (navigator.share) await navigator.share(what);
      else {
        await navigator.clipboard.writeText(what.url);
        one("span", button).textContent = button.dataset.copied;
      }
    } catch {
      // The visitor changed their mind: nothing to say.
    }
  });
}

// -- one view of a car, counted without a cookie ----------------------------------------------------------------------

const viewed = one("[data-views]");

function countView() {
  if (document.visibilityState !== "hidden") return;
  removeEventListener("visibilitychange", countView, true);
  navigator.sendBeacon(viewed.dataset.views, new URLSearchParams({ listing: viewed.dataset.listing }));
}

// When the page is left: a view is somebody who looked, and the beacon never competes with the photos.
if (viewed) addEventListener("visibilitychange", countView, true);
