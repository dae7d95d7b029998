// Forms that ask: sent beside the page; what was typed stays whatever happens. A form the visitor came to from a car
// (`?listing=…&car=…`) knows which one.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const known = new WeakSet();

// Takes over the forms of the page; called again when the results of a search brought one along.
export function takeOver(root = document) {
  for (const form of all("form[data-inquiry]", root)) {
    if (known.has(form)) continue;
    known.add(form);
    form.elements.started.value = String(Math.floor(Date.now() / 1000));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    fillIn(form, new URLSearchParams(location.search));
  }
}

takeOver();

function fillIn(form, query) {
  const { listing, car } = form.elements;
  if (!listing || listing.value || !/^[a-z0-9]{6,32}$/.test(query.get("listing") ?? "")) return;
  const name = (query.get("car") ?? "").slice(0, 120);
  const said = document.querySelector("[data-for-car]");
  listing.value = query.get("listing");
  if (car && !car.value) car.value = name;
  if (said && name) {
    said.querySelector("b").textContent = name;
    said.hidden = false;
  }
  history.replaceState(history.state, "", location.pathname + location.hash);
}

async function send(form) {
  const button = form.querySelector("button:not([type=button])");
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
