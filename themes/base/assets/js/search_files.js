// The files of the static index, as a browser reads them (search/static_index.py says what is in them).

import { Letters } from "./search_text.js";

const VERSION = 1;
const FRESH_MS = 60_000;
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

// A release was switched between two requests: their files do not belong together.
export class Moved extends Error {}

const kept = new Map();

// Forgets what was read: it belongs to a release that is gone.
export const forget = () => kept.clear();

// Gives the index, read anew or checked after a minute: caches are asked each time whether a file changed.
export async function loaded(base) {
  const before = kept.get(base);
  if (before && Date.now() - before.at < FRESH_MS) return before.index;
  const head = await json(`${base}/s/index.json`);
  if (head.v !== VERSION) throw new Error("this page is older than the files it reads");
  const letters = new Letters(head.rules);
  const shards = head.bits === null ? [] : await Promise.all(names(head.bits).map((name) => read(base, "cars", name)));
  const index = { head, letters, everyday: new Set(head.rules.everyday), phrases: new Map(Object.entries(head.rules.phrases)) };
  index.shards = shards.map((shard) => unpacked(shard));
  kept.set(base, { at: Date.now(), index });
  return index;
}

const names = (bits) => Array.from({ length: 2 ** bits }, (_, at) => name(bits, at));
export const name = (bits, at) => `${bits}-${at.toString(16).padStart(Math.ceil(bits / 4) || 1, "0")}`;

export async function read(base, kind, name) {
  const made = await json(`${base}/s/${kind}-${name}.json`);
  if (made.v !== VERSION || made.shard !== name) throw new Moved(name);
  return made;
}

export async function json(address) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "same-origin" });
  if (answer.status === 404) throw new Moved(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function unpacked(shard) {
  const many = shard.stamps.length / 4;
  const column = (coded, at) => (coded.of[at] < 0 ? null : coded.values[coded.of[at]]);
  const cars = Array.from({ length: many }, (_, at) => ({
    at,
    id: shard.ids.slice(at * 32, at * 32 + 32),
    stamp: shard.stamps.slice(at * 4, at * 4 + 4),
    part: shard.part[at],
    listed: shard.listed[at],
    price: shard.price[at],
    year: shard.year[at],
    mileage: shard.mileage[at],
    power: shard.power[at],
    judged: column(shard.quality, at).split(",").map(Number),
    facets: {
      ...Object.fromEntries(Object.entries(shard.facets).map(([facet, coded]) => [facet, column(coded, at)])),
      feature: shard.feature.of[at].map((value) => shard.feature.values[value]),
    },
    place: placed(column(shard.place, at)),
  }));
  return { cars, facets: shard.facets, ...vocabulary(shard.words, shard.found) };
}

function placed(written) {
  if (!written) return null;
  const [location, code, ...town] = written.split("|");
  const [latitude, longitude] = location.split(",").map(Number);
  return { location, latitude, longitude, code, town: town.join("|") };
}

// Gives the words by their first letter, each with its letters and where in `found` its cars are.
function vocabulary(words, found) {
  const where = found ? found.split(" ") : [];
  const letters = new Map();
  let before = [];
  for (const [at, coded] of (words ? words.split(" ") : []).entries()) {
    const word = [...before.slice(0, DIGITS.indexOf(coded[0])), ...coded.slice(1)];
    if (!letters.has(word[0])) letters.set(word[0], []);
    letters.get(word[0]).push({ word: word.join(""), letters: word, found: where[at] });
    before = word;
  }
  return { letters };
}

// Calls back with the number of each car that has a word, and its best field.
export function each(found, fields, call) {
  let car = -1;
  let sum = 0;
  let shift = 0;
  for (const digit of found) {
    const value = DIGITS.indexOf(digit);
    sum += (value & 31) << shift;
    shift += 5;
    if (value > 31) continue;
    car += Math.floor(sum / fields);
    call(car, sum % fields);
    sum = 0;
    shift = 0;
  }
}
