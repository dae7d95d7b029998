// Draws what was found in the files of a site: into the theme's own card, which the page carries as a template.

const one = (selector, root = document) => root.querySelector(selector);

function made(tag, text, name) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (name) element.className = name;
  return element;
}

function say(element, text) {
  if (!element) return;
  if (text) element.textContent = text;
  else element.remove();
}

// Pieces of a text, those that match in <mark>: always text, never markup.
function pieces(element, cut) {
  element.replaceChildren(...cut.map(([text, matches]) => (matches ? made("mark", text) : text)));
}

function card(blank, item, words) {
  const row = blank.cloneNode(true);
  const box = row.matches("[data-car]") ? row : one("[data-car]", row);
  box.dataset.car = item.id;
  const link = one("h3 a", box);
  link.href = new URL(item.url, document.baseURI).pathname;
  if (item.highlights?.title) pieces(link, item.highlights.title);
  else link.textContent = item.title;
  say(one(".ver", box), item.version);
  say(one(".envkv", box), item.energy);
  one(".facts", box).replaceChildren(...item.facts.map((fact) => made("li", fact)));
  const price = one(".price", box);
  price.textContent = item.price ?? words.ask;
  price.classList.toggle("price-ask", !item.price);
  const snippet = one(".hl", box);
  if (item.highlights?.description) pieces(snippet, item.highlights.description);
  else snippet?.remove();
  const far = one(".km", box);
  if (item.km == null) far?.remove();
  else one("span", far).textContent = `${Math.max(1, Math.round(item.km))}\u00a0km`;
  const dealer = one(".d > span, .dealer-line", box);
  if (dealer) dealer.textContent = item.dealer ?? "";
  if (item.picture) picture(one(".ph", box), item);
  return row;
}

function picture(box, item) {
  const image = document.createElement("img");
  Object.assign(image, { src: item.picture, alt: item.title, loading: "lazy", decoding: "async", width: 800, height: 600 });
  box.classList.remove("ph-none");
  box.replaceChildren(image);
}

const count = (n) => n.toLocaleString(document.documentElement.lang);
const counted = (n, words) => (n === 1 ? words.one : words.many).replace("[n]", count(n));

// Says what happened and shows what was found.
export function outcome(found, { address, words, hits }) {
  if (!hits) return;
  const note = made("div", "", "note");
  note.innerHTML = '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-alert"/></svg>';
  const said = made("div");
  note.append(said);
  const sentence = found.ok ? words.static : { large: words.large, place: words.nowhere }[found.reason] ?? words.away;
  said.append(made("p", sentence), again(address, words));
  if (!found.ok) {
    const list = made("a", words.all);
    list.href = found.lists ?? words.cars;
    said.lastChild.append(" · ", list);
    for (const old of hits.querySelectorAll(":scope > .note, :scope > .empty")) old.remove();
    hits.prepend(note);
    return;
  }
  const title = one("[data-part=title] h1");
  if (title) title.textContent = counted(found.total, words);
  const button = one("#filter [type=submit]");
  if (button) button.textContent = words.show.replace("[n]", count(found.total));
  const list = one("[data-hits]").content.firstElementChild.cloneNode(false);
  const blank = one("[data-hits]").content.firstElementChild.firstElementChild;
  list.append(...found.items.map((item) => card(blank, item, words)));
  hits.replaceChildren(...hits.querySelectorAll(":scope > h2"), note, found.items.length ? list : none(words), pager(found, address, words));
  numbers(found);
  chips(address, words);
}

function again(address, words) {
  const way = made("p");
  const link = made("a", words.again);
  link.href = address.href;
  link.rel = "nofollow";
  link.dataset.again = "";
  way.append(link);
  return way;
}

function none(words) {
  const box = made("div", "", "empty");
  const way = made("p"), list = made("a", words.all, "btn");
  list.href = words.cars;
  way.append(list);
  box.append(made("h2", words.none), way);
  return box;
}

function pager(found, address, words) {
  const pages = made("nav", "", "pag");
  pages.setAttribute("aria-label", words.pages);
  if (found.pages < 2) return pages;
  const step = (page, name, rel, icon) => {
    const link = made("a");
    const to = new URL(address);
    to.searchParams.set("page", page);
    link.href = to.href;
    link.rel = rel;
    link.setAttribute("aria-label", name);
    link.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-${icon}"/></svg>`;
    return link;
  };
  if (found.page > 1) pages.append(step(found.page - 1, words.newer, "prev", "left"));
  const now = made("span", words.page.replace("[n]", count(found.page)).replace("[last]", count(found.pages)));
  now.setAttribute("aria-current", "page");
  pages.append(now);
  if (found.page < found.pages) pages.append(step(found.page + 1, words.older, "next", "right"));
  return pages;
}

// The counts beside the choices that are there.
function numbers(found) {
  for (const [facet, values] of Object.entries(found.facets ?? {})) {
    const known = new Map(values.map((value) => [value.value, value.count]));
    for (const input of document.querySelectorAll(`#filter input[name="${facet}"]`)) {
      const cars = known.get(input.value) ?? 0;
      const place = one(".n", input.parentElement);
      if (place) place.textContent = count(cars);
      input.disabled = cars === 0 && !input.checked;
    }
  }
}

// What is in force, in the words of the form; each takes its own away.
function chips(address, words) {
  const part = one("[data-part=chips]");
  if (!part) return;
  const list = made("ul", "", "chips chips-on");
  list.setAttribute("aria-label", words.active);
  for (const [name, value] of address.searchParams) {
    const said = called(name, value);
    if (!said) continue;
    const to = new URL(address);
    to.searchParams.delete("page");
    to.searchParams.delete(name, value);
    const link = made("a", `${said} `, "chip on");
    link.href = to.href;
    link.innerHTML += '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-x"/></svg>';
    link.append(made("span", words.remove, "sr"));
    const item = made("li");
    item.append(link);
    list.append(item);
  }
  if (list.firstChild) list.append(clear(address, words));
  part.replaceChildren(...(list.firstChild ? [list] : []));
}

function clear(address, words) {
  const none = new URL(address), item = made("li"), link = made("a", words.clear, "chip");
  for (const name of [...none.searchParams.keys()]) if (!["lang", "site", "sort"].includes(name)) none.searchParams.delete(name);
  link.href = none.href;
  item.append(link);
  return item;
}

function called(name, value) {
  if (name === "q" || name === "place") return value;
  const field = document.getElementById("filter")?.elements.namedItem(name);
  const ticks = [...(field instanceof RadioNodeList ? field : [field])].filter((input) => input?.type === "checkbox");
  const tick = ticks.find((input) => input.value === value);
  if (tick) return [...tick.parentElement.childNodes].find((node) => node.nodeType === 3 && node.textContent.trim())?.textContent.trim() ?? value;
  if (!/_(min|max)$/.test(name) || !field?.options) return "";
  return `${field.labels[0].textContent} ${field.selectedOptions[0].text}`;
}
