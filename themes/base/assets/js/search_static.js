// Finds cars in the files of the site itself, for when no server answers (search/static_index.py). The answer is that of
// `/-/search`; what is found, counted and ordered is what the engines find, count and order.

import { Moved, forget, json, loaded, name, read } from "./search_files.js";
import { compared, corrected, marked, ranked, search } from "./search_match.js";

const TRIES = 4;
const SIZE = 24;
const RADIUS = 50;
const MARKET_ONLY = ["dealer", "city"];
const LABELS = ["very_good", "good", "fair", "high", "very_high"];

// Gives what a form asks for. `base`: where the files of the site lie, "" on its own host.
export async function find(params, base = "") {
  for (let tries = 1; ; tries += 1) {
    try {
      return await found(params, base.replace(/\/$/, ""));
    } catch (error) {
      forget();
      if (!(error instanceof Moved) || tries === TRIES) throw error;
    }
  }
}

async function found(params, base) {
  const index = await loaded(base);
  const lang = index.head.languages[params.get("lang")] ? params.get("lang") : Object.keys(index.head.languages)[0];
  const spoken = index.head.languages[lang];
  if (index.head.bits === null) return refused("large", { lists: spoken.lists });
  const query = asked(params, index);
  if (query.refused) return query.refused;
  const [answer, left] = await shown(query, index, base);
  return { ...answered(query, answer, index, lang), items: left.map(([hit, card]) => item(hit, card, answer, index, lang)) };
}

// Reads the form: a query, or `refused` with the answer that says why not.
function asked(params, index) {
  const { rules } = index.head;
  const text = (params.get("q") ?? "").split(/\s+/).filter(Boolean).join(" ");
  const place = (params.get("place") ?? "").trim();
  const chosen = {};
  for (const facet of rules.facets) {
    if (facet === "label" && index.head.labels === false) continue;
    const values = [...new Set(params.getAll(facet))].filter((value) => value && value !== "any");
    if (values.length) chosen[facet] = values;
  }
  const ranges = {};
  for (const which of rules.ranges) {
    const [low, high] = ["min", "max"].map((end) => number(params.get(`${which}_${end}`), which === "price" ? 100 : 1));
    if (low !== null && high !== null && low > high) return { refused: refused("order", { field: `${which}_max` }) };
    if (low !== null || high !== null) ranges[which] = [low, high];
  }
  const near = around(params, place, index);
  if (near === undefined) return { refused: refused("place", { places: towns(index) }) };
  const page = Math.max(1, number(params.get("page")) ?? 1);
  const size = Math.min(rules.sizes[1], Math.max(1, number(params.get("size")) ?? SIZE));
  if (page * size > rules.reach) return { refused: refused("page", {}) };
  let sort = params.get("sort") || (text ? "relevance" : "newest");
  if (sort === "distance" && !near) sort = text ? "relevance" : "newest";
  if (!rules.sorts.includes(sort)) return { refused: refused("sort", {}) };
  return { text, chosen, ranges, near, sort, page, size };
}

const refused = (reason, more) => ({ ok: false, source: "static", reason, ...more });

function number(text, unit = 1) {
  const typed = (text ?? "").trim();
  const grouped = /^\d{1,3}([.,'’\s])\d{3}(?:\1\d{3})*$/.exec(typed);
  const digits = grouped ? typed.split(grouped[1]).join("") : typed;
  return /^\d{1,11}$/.test(digits) ? Number(digits) * unit : null;
}

// -- places ------------------------------------------------------------------------------------------------------------

// The circle that is asked for, null for none, undefined for a place nobody here knows.
function around(params, place, index) {
  const km = Math.min(index.head.rules.radius, Math.max(1, number(params.get("radius")) ?? RADIUS));
  const [latitude, longitude] = (params.get("near") ?? "").split(",").map(Number);
  if (params.get("near") && Number.isFinite(latitude) && Number.isFinite(longitude)) return { latitude, longitude, km };
  if (!place) return null;
  const wanted = index.letters.words(place).join(" ");
  const places = index.shards.flatMap((shard) => shard.cars.map((car) => car.place).filter(Boolean));
  const called = (value) => value && index.letters.words(value).join(" ") === wanted;
  const known = places.filter(({ code }) => called(code));
  const here = new Map((known.length ? known : places.filter(({ town }) => called(town))).map((one) => [one.location, one]));
  if (!here.size) return undefined;
  const middle = (axis) => [...here.values()].reduce((sum, one) => sum + one[axis], 0) / here.size;
  return { latitude: middle("latitude"), longitude: middle("longitude"), km };
}

function towns(index) {
  const counts = new Map();
  for (const shard of index.shards) {
    for (const { place } of shard.cars) if (place?.town) counts.set(place.town, (counts.get(place.town) ?? 0) + 1);
  }
  return ranked(counts).slice(0, 12).map(([town]) => town);
}

// -- what a hit shows ---------------------------------------------------------------------------------------------------

// Finds, and fetches the cards of the page; cars that status.json says are sold since are left out.
async function shown(query, index, base) {
  const sold = new Set((await json(`${base}/status.json`).catch(() => ({ sold: [] }))).sold);
  const without = new Set();
  for (;;) {
    const answer = search({ ...query, without }, index);
    const cards = await dealt(answer.hits, index, base);
    const left = answer.hits.filter((_, at) => sold.has(cards[at].id));
    if (!left.length) return [answer, answer.hits.map((hit, at) => [hit, cards[at]])];
    for (const { car } of left) without.add(car.id);
  }
}

async function dealt(hits, index, base) {
  const parts = [...new Set(hits.map(({ car }) => car.part))];
  const shards = new Map(await Promise.all(parts.map(async (part) => [part, await read(base, "cards", name(index.head.card_bits, part))])));
  return hits.map(({ car }) => {
    const card = shards.get(car.part).cards[car.id];
    if (card?.stamp !== car.stamp) throw new Moved(car.id);
    return card;
  });
}

function answered(query, answer, index, lang) {
  const spoken = index.head.languages[lang];
  const facets = {};
  for (const [facet, counted] of Object.entries(answer.facets)) {
    if (!index.head.market && MARKET_ONLY.includes(facet)) continue;
    if (facet === "label" && index.head.labels === false) continue;
    if (facet === "model" && !query.chosen.make && !query.chosen.model) continue;
    const chosen = query.chosen[facet] ?? [];
    const codes = spoken.names[facet];
    facets[facet] = counted
      .filter(([value, count]) => chosen.includes(value) || (count && value !== "other" && (facet !== "feature" || codes[value])))
      .map(([value, count]) => ({ value, name: codes?.[value] ?? called(facet, value, index, lang), count, chosen: chosen.includes(value) }));
  }
  facets.label?.sort((one, other) => LABELS.indexOf(one.value) - LABELS.indexOf(other.value));
  const bounds = Object.fromEntries(Object.entries(answer.bounds).filter(([, known]) => known));
  if (bounds.price) bounds.price = [Math.floor(bounds.price[0] / 100), Math.ceil(bounds.price[1] / 100)];
  return {
    ok: true,
    total: answer.total,
    page: query.page,
    pages: Math.max(1, Math.ceil(answer.total / query.size)),
    size: query.size,
    sort: query.sort,
    facets,
    bounds,
    did_you_mean: corrected(query.text, answer, index),
    suggested: [],
    source: "static",
  };
}

function called(facet, value, index, lang) {
  const known = index.shards.flatMap(({ facets }) => {
    const at = facets[facet]?.names ? facets[facet].values.indexOf(value) : -1;
    return at < 0 ? [] : [facets[facet].names[at]];
  });
  const name = known.sort(compared)[0] ?? guessed(value);
  const country = facet === "city" && value.includes("/") ? value.split("/")[0].toUpperCase() : "";
  return country ? `${name} (${new Intl.DisplayNames([lang], { type: "region" }).of(country)})` : name;
}

// A value that no car has any more is called as its address is written.
function guessed(value) {
  const words = value.split("/").at(-1).replaceAll("-", " ");
  return words.replace(/\p{L}+/gu, (word) => word[0].toUpperCase() + word.slice(1).toLowerCase());
}

function item({ metres }, { stamp, said, ...card }, answer, index, lang) {
  const { url, ...rest } = said[lang];
  const title = marked(card.title, answer, index);
  return {
    ...card,
    ...rest,
    url: index.head.origin + url,
    km: metres === null ? null : Math.round(metres / 100) / 10,
    highlights: title.some(([, matches]) => matches) ? { title } : {},
  };
}
