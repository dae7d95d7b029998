// Comfort only: every page works without it. Nothing is stored before the visitor acts, nothing is asked of third parties.
// What a page has decides what is loaded beside this file.

// Pages blend into each other where the browser can; by script, since the HTML checker does not know the rule yet.
if (!matchMedia("(prefers-reduced-motion: reduce)").matches && "adoptedStyleSheets" in document) {
  const blend = new CSSStyleSheet();
  blend.replaceSync("@view-transition { navigation: auto }");
  document.adoptedStyleSheets = [blend];
}

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

if (one("form[data-inquiry]")) import("./inquiry.js");
if (one("[data-gallery]")) import("./gallery.js");
if (one("[data-tour]")) import("./tours.js");
if (one("[data-words]")) import("./kept.js");
if (one("form[data-search]")) import("./search.js");
if (one("[data-kept]")) import("./kept_page.js");
if (one("[data-car]") && !location.pathname.startsWith("/-/")) addEventListener("load", () => import("./sold.js"));

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

// -- share, where the device can; print; what is folded away is unfolded on paper -------------------------------------

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
        one("span", button).setAttribute("role", "status");
      }
    } catch {
      // The visitor changed their mind: nothing to say.
    }
  });
}

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Browsers that cannot unfold by style alone (print.css) do it here; pictures that wait to be seen are fetched.
addEventListener("beforeprint", () => {
  for (const box of all("main details:not([open])")) {
    box.open = true;
    addEventListener("afterprint", () => { box.open = false; }, { once: true });
  }
  for (const code of all(".qr img")) code.loading = "eager";
});

// -- one view of a car, counted without a cookie ----------------------------------------------------------------------

const viewed = one("[data-views]");

function countView() {
  if (document.visibilityState !== "hidden") return;
  removeEventListener("visibilitychange", countView, true);
  navigator.sendBeacon(viewed.dataset.views, new URLSearchParams({ listing: viewed.dataset.listing }));
}

// When the page is left: a view is somebody who looked, and the beacon never competes with the photos.
if (viewed) addEventListener("visibilitychange", countView, true);
