// Words of a search as the engines read them: folding, tokenising, typing errors. What the two languages do not do alike
// comes as data with the static index (search/static_rules.py); nothing of it is decided here.

const LETTER = /[\p{L}\p{N}]/u;

export class Letters {
  constructor({ letters, longest, edits }) {
    this.folds = new Map(letters.fold.split(" ").map((pair) => [...pair]).map(([letter, ...folded]) => [letter, folded.join("")]));
    this.marks = ranges(letters.marks);
    this.digits = ranges(letters.digits);
    this.unknown = ranges(letters.unknown);
    this.longest = longest;
    this.edits = edits;
  }

  // Without case and marks: `Škoda Coupé, weiß` is `skoda coupe, weiss`.
  fold(text) {
    let spread = "";
    for (const letter of text) {
      spread += holds(this.unknown, letter) ? " " : (this.folds.get(letter) ?? letter.toLowerCase());
    }
    let bare = "";
    for (const letter of spread.normalize("NFKD")) if (!holds(this.marks, letter)) bare += letter;
    return bare.normalize("NFC");
  }

  // Runs of letters and digits, folded, in order.
  words(text) {
    const found = [];
    let run = [];
    for (const letter of `${this.fold(text)} `) {
      if (LETTER.test(letter)) {
        run.push(letter);
      } else if (run.length) {
        found.push(run.slice(0, this.longest).join(""));
        run = [];
      }
    }
    return found;
  }

  // How many typing errors a word may hold.
  allowed(word) {
    const letters = [...word];
    return letters.some((letter) => holds(this.digits, letter)) ? 0 : this.edits[Math.min(letters.length, this.edits.length - 1)];
  }
}

// Edits between two words as arrays of letters, a swap of neighbours being one; more than `most` are told as `most + 1`.
export function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [];
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const here = [row];
    let least = row;
    for (let at = 1; at <= other.length; at += 1) {
      const same = one[row - 1] === other[at - 1];
      let edits = Math.min(above[at] + 1, here[at - 1] + 1, above[at - 1] + (same ? 0 : 1));
      if (row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1]) {
        edits = Math.min(edits, before[at - 2] + 1);
      }
      here.push(edits);
      least = Math.min(least, edits);
    }
    if (least > most) return most + 1;
    [before, above] = [above, here];
  }
  return Math.min(above[other.length], most + 1);
}

// Ranges as the end of each but the first number, in rising order: even places begin one, odd ones end it.
function ranges(written) {
  const edges = [];
  let at = 0;
  for (const step of written.split(" ")) edges.push((at += parseInt(step, 36)));
  return edges;
}

function holds(edges, letter) {
  const number = letter.codePointAt(0);
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= number) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}
