// What the cars of an index are found, counted and ordered by: the contract of search, as the engines keep it.

import { each } from "./search_files.js";
import { distance } from "./search_text.js";

const DAY_MS = 86_400_000;
const NONE = 255;
const GUESSED = [..."abcdefghijklmnopqrstuvwxyz0123456789"];

// Answers a query: ids in order, how many, counts of all facets, bounds, distances. Without `size`: all ids.
export function search(query, index) {
  const words = resolved(meant(query.text, index), index);
  const hits = [];
  const counts = Object.fromEntries(index.head.rules.facets.map((facet) => [facet, new Map()]));
  const bounds = Object.fromEntries(index.head.rules.ranges.map((which) => [which, null]));
  for (const shard of index.shards) {
    const texts = words.length ? matched(words, shard, index) : null;
    for (const car of shard.cars) {
      const rank = texts ? texts(car.at) : [0, 0];
      if (!rank || query.without?.has(car.id)) continue;
      const { fails, metres } = judged(query, car, index.head.rules.earth);
      if (fails.length > 1) continue;
      if (!fails.length) hits.push({ car, rank, metres });
      count(car, fails[0], query, counts);
      bound(car, fails[0], query, bounds);
    }
  }
  for (const [facet, values] of Object.entries(query.chosen)) for (const value of values) counts[facet].set(value, counts[facet].get(value) ?? 0);
  hits.sort(order(query.sort === "relevance" && !words.length ? "newest" : query.sort, index));
  const page = query.size ? hits.slice((query.page - 1) * query.size, query.page * query.size) : hits;
  const facets = Object.fromEntries(Object.entries(counts).map(([facet, values]) => [facet, ranked(values)]));
  return { total: hits.length, hits: page, facets, bounds, words };
}

// -- text --------------------------------------------------------------------------------------------------------------

// The words of a text, each once, with what several mean together in one.
function meant(text, { letters, phrases, head }) {
  const typed = letters.words(text).slice(0, head.rules.words * 2);
  const words = [];
  for (let start = 0; start < typed.length; ) {
    let length = Math.min(head.rules.phrase, typed.length - start);
    while (length > 1 && !phrases.has(typed.slice(start, start + length).join(""))) length -= 1;
    words.push(length > 1 ? phrases.get(typed.slice(start, start + length).join("")) : typed[start]);
    start += length;
  }
  return [...new Set(words)].slice(0, head.rules.words);
}

const resolved = (words, { letters }) =>
  words.map((word, at) => ({ word, letters: [...word], most: letters.allowed(word), prefix: at === words.length - 1 }));

// How many edits a known word is away from a typed one, more than `most` for too many.
function edits(typed, known, index) {
  if (typed.word === known.word || (typed.prefix && known.word.startsWith(typed.word))) return 0;
  if (!typed.most || index.everyday.has(known.word)) return typed.most + 1;
  return distance(typed.letters, known.letters, typed.most);
}

// Gives for a car of a shard its [edits, field], the best there are, or null when a word is not there.
function matched(words, shard, index) {
  const fields = index.head.rules.fields;
  const best = words.map((typed) => {
    const levels = Array.from({ length: typed.most + 1 }, () => new Uint8Array(shard.cars.length).fill(NONE));
    for (const known of shard.letters.get(typed.letters[0]) ?? []) {
      const away = edits(typed, known, index);
      if (away <= typed.most) {
        each(known.found, fields, (car, field) => {
          if (field < levels[away][car]) levels[away][car] = field;
        });
      }
    }
    return levels;
  });
  return (car) => {
    let ways = new Map([[0, 0]]);
    for (const levels of best) {
      const next = new Map();
      for (const [away, level] of levels.entries()) {
        if (level[car] === NONE) continue;
        for (const [sum, field] of ways) {
          next.set(sum + away, Math.min(next.get(sum + away) ?? NONE, Math.max(field, level[car])));
        }
      }
      ways = next;
    }
    if (!ways.size) return null;
    const least = Math.min(...ways.keys());
    return [least, ways.get(least)];
  };
}

// -- filters, counts, order --------------------------------------------------------------------------------------------

function judged(query, car, earth) {
  const fails = [];
  for (const [facet, values] of Object.entries(query.chosen)) {
    const mine = car.facets[facet];
    const holds = facet === "feature" ? values.every((value) => mine.includes(value)) : values.includes(mine);
    if (!holds) fails.push(facet);
  }
  for (const [which, [low, high]] of Object.entries(query.ranges)) {
    const value = car[which];
    if (value === null || (low !== null && value < low) || (high !== null && value > high)) fails.push(which);
  }
  const metres = query.near && car.place ? far(query.near, car.place, earth) : null;
  if (query.near && (metres === null || metres > query.near.km * 1000)) fails.push("near");
  return { fails, metres };
}

// Counts a car for the facets that leave out of account the one part it fails, if any.
function count(car, failed, query, counts) {
  for (const [facet, values] of Object.entries(counts)) {
    if (failed !== undefined && (failed !== facet || facet === "feature")) continue;
    const mine = car.facets[facet];
    for (const value of facet === "feature" ? new Set(mine) : mine === null ? [] : [mine]) values.set(value, (values.get(value) ?? 0) + 1);
  }
}

function bound(car, failed, query, bounds) {
  for (const which of Object.keys(bounds)) {
    const value = car[which];
    if (value === null || (failed !== undefined && failed !== which)) continue;
    const [low, high] = bounds[which] ?? [value, value];
    bounds[which] = [Math.min(low, value), Math.max(high, value)];
  }
}

export const ranked = (values) => [...values].sort(([one, many], [other, more]) => more - many || compared(one, other));

// By characters, as Python orders texts; JavaScript orders them by halves of characters.
export function compared(one, other) {
  const [mine, theirs] = [[...one], [...other]];
  for (let at = 0; at < Math.min(mine.length, theirs.length); at += 1) {
    if (mine[at] !== theirs[at]) return mine[at].codePointAt(0) - theirs[at].codePointAt(0);
  }
  return mine.length - theirs.length;
}

function order(sort, index) {
  const last = (value) => value ?? Infinity;
  const values = {
    newest: ({ car }) => [-car.listed],
    price: ({ car }) => [last(car.price)],
    "-price": ({ car }) => [-(car.price ?? -1)],
    mileage: ({ car }) => [last(car.mileage)],
    "-year": ({ car }) => [-(car.year ?? -1)],
    distance: ({ metres }) => [metres],
    relevance: ({ car, rank }) => [...rank, -quality(car, index), -car.listed],
  };
  const known = new Map();
  const place = (hit) => known.get(hit) ?? known.set(hit, values[sort](hit)).get(hit);
  return (one, other) => {
    const [mine, theirs] = [place(one), place(other)];
    const at = mine.findIndex((value, place) => value !== theirs[place]);
    if (at >= 0) return mine[at] - theirs[at];
    return one.car.id < other.car.id ? -1 : 1;
  };
}

// How good an offer is on this day (search/quality.py), days being those of UTC.
function quality(car, { head }) {
  const { points, half_life, deals, asked, described, shown } = head.rules.quality;
  const [known, letters, photos] = car.judged;
  const age = Math.max(0, Math.floor(Date.now() / DAY_MS) - Math.floor(car.listed / 1000 / DAY_MS));
  const complete = (known / asked + Math.min(1, letters / described) + Math.min(1, photos / shown)) / 3;
  return even(points[0] * 0.5 ** (age / half_life) + points[1] * deals[car.facets.label ?? ""] + points[2] * complete);
}

// Rounds halves to the even number, as Python does.
function even(value) {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest === 0.5 ? whole + (whole % 2) : Math.round(value);
}

// Metres along the great circle, whole ones.
function far(near, place, earth) {
  const radians = (degrees) => degrees * (Math.PI / 180);
  const north = radians(place.latitude - near.latitude) / 2;
  const east = radians(place.longitude - near.longitude) / 2;
  const chord = Math.sin(north) ** 2 + Math.cos(radians(near.latitude)) * Math.cos(radians(place.latitude)) * Math.sin(east) ** 2;
  return even(2 * earth * Math.asin(Math.sqrt(Math.min(1, chord))));
}

// -- what is said about the text ---------------------------------------------------------------------------------------

// The text as it was probably meant (search/suggest.py), null where it says what it means.
export function corrected(text, { words, total }, index) {
  const better = new Map();
  for (const typed of words) {
    const beside = known(typed.letters[0], index);
    if ([...beside.keys()].some((word) => word === typed.word || (typed.prefix && word.startsWith(typed.word)))) continue;
    let near = closest(typed, beside, index);
    if (!near && !total) {
      const wide = { ...typed, most: Math.min(3, Math.max(1, Math.floor(typed.letters.length / 3))) };
      near = closest(wide, beside, index) ?? closest(wide, new Map(GUESSED.flatMap((letter) => [...known(letter, index)])), index);
    }
    if (near) better.set(typed.word, near);
  }
  if (!better.size) return null;
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => better.get(index.letters.fold(word)) ?? word);
}

// The words of the index under a letter, with how many cars have each.
function known(letter, { shards, head }) {
  const found = new Map();
  for (const shard of shards) {
    for (const { word, found: cars } of shard.letters.get(letter) ?? []) {
      let many = 0;
      each(cars, head.rules.fields, () => (many += 1));
      found.set(word, (found.get(word) ?? 0) + many);
    }
  }
  return found;
}

function closest(typed, words, { everyday }) {
  let best = null;
  for (const [word, many] of words) {
    if (!typed.most || everyday.has(word)) continue;
    const away = distance(typed.letters, [...word], typed.most);
    if (away > typed.most) continue;
    const order = best ? away - best.away || best.many - many || compared(word, best.word) : -1;
    if (order < 0) best = { word, away, many };
  }
  return best?.word;
}

// Cuts a text where it matches: [piece, whether it does].
export function marked(text, { words }, index) {
  const pieces = [];
  let end = 0;
  for (const { 0: found, index: start } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const word = index.letters.fold(found);
    const letters = [...word];
    if (!words.some((typed) => edits(typed, { word, letters }, index) <= typed.most)) continue;
    if (start > end) pieces.push([text.slice(end, start), false]);
    pieces.push([found, true]);
    end = start + found.length;
  }
  if (end < text.length) pieces.push([text.slice(end), false]);
  return pieces;
}
