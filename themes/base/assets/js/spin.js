// A car turned by dragging or with the arrow keys: frames shot all round it, clockwise.

const WIDE = 900;

export async function start(link) {
  const words = link.dataset;
  const frames = await Promise.all(words.frames.split(" ").map(loaded));
  const stage = document.createElement("div");
  stage.className = "tour-stage ph";
  const turn = document.createElement("div");
  turn.className = "spin";
  turn.tabIndex = 0;
  turn.setAttribute("role", "slider");
  turn.setAttribute("aria-label", words.title);
  turn.setAttribute("aria-valuemin", "1");
  turn.setAttribute("aria-valuemax", String(frames.length));
  turn.append(...frames);
  const hint = document.createElement("p");
  hint.className = "cap";
  hint.textContent = words.hint;
  stage.append(turn, hint);

  let at = 0;
  const show = (index) => {
    at = ((index % frames.length) + frames.length) % frames.length;
    frames.forEach((frame, each) => { frame.hidden = each !== at; });
    turn.setAttribute("aria-valuenow", String(at + 1));
    turn.setAttribute("aria-valuetext", words.of.replace("[n]", at + 1).replace("[all]", frames.length));
  };
  turn.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 4, PageDown: -4, Home: -at, End: frames.length - 1 - at }[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    show(at + step);
  });
  drag(turn, (x, from) => show(Math.round(from - (x / Math.min(turn.clientWidth, WIDE)) * frames.length)), () => at);
  show(0);
  return stage;
}

async function loaded(address) {
  const image = new Image();
  image.src = address;
  image.alt = "";
  image.draggable = false;
  await image.decode();
  return image;
}

// Tells how far the pointer went sideways since it was put down, and what `begin` said then.
function drag(element, move, begin) {
  let start = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    start = { x: event.clientX, from: begin() };
  });
  element.addEventListener("pointermove", (event) => { if (start) move(event.clientX - start.x, start.from); });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { start = null; });
}
