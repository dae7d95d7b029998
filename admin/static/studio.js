// The theme studio beside its forms: changes are kept as they are made, the frame follows. Every act works without it.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const said = document.getElementById("studio-said");
  document.querySelector(".studio").classList.add("scripted");

  /* -- the frame: where it is, and the same place again once something is otherwise -- */
  const box = document.getElementById("frame");
  let place = { path: null, at: 0 };
  addEventListener("message", (event) => {
    const frame = box.querySelector("iframe:not(.coming)");
    if (event.source !== frame.contentWindow || event.origin !== new URL(frame.dataset.address).origin) return;
    if (typeof event.data?.draft === "string" && event.data.draft.startsWith("/")) place = { path: event.data.draft, at: Number(event.data.at) || 0 };
  });
  /* The new page is loaded behind the old one, so that nothing flickers. */
  const draw = (address) => {
    const old = box.querySelector("iframe:not(.coming)");
    all("iframe.coming", box).forEach((frame) => frame.remove());
    const next = old.cloneNode(false);
    next.dataset.address = address ?? old.dataset.address;
    const origin = new URL(next.dataset.address).origin;
    const there = !address && place.path ? `${origin}${place.path}` : next.dataset.address;
    next.src = `${there}?${Date.now().toString(36)}${address ? "" : `#at=${place.at}`}`;
    next.classList.add("coming");
    next.addEventListener("load", () => {
      if (!next.isConnected) return;
      next.classList.remove("coming");
      old.remove();
      if (address) place = { path: null, at: 0 };
      box.dispatchEvent(new CustomEvent("drawn"));
    }, { once: true });
    box.append(next);
  };

  /* -- what comes back is the whole page; of it only what changed is taken, never under somebody's hands -- */
  const take = (page, ids) => {
    for (const id of ids) {
      const fresh = page.getElementById(id);
      const old = document.getElementById(id);
      if (!fresh || !old) continue;
      const made = document.importNode(fresh, true);
      for (const fold of [made, ...all("details[id]", made)]) {
        const known = fold.id && fold.localName === "details" ? document.getElementById(fold.id) : null;
        if (known) fold.open = known.open;
      }
      old.replaceWith(made);
    }
  };
  const takeFields = (page, form) => {
    const group = form.elements.group.value;
    const fresh = all("form[data-auto=fields]", page).find((other) => other.elements.group.value === group);
    if (!fresh) return;
    for (const field of all("[data-field]", form)) {
      if (field.contains(document.activeElement) && !fresh.querySelector(`[data-field="${CSS.escape(field.dataset.field)}"] .err:not(.pale)`)) continue;
      const other = fresh.querySelector(`[data-field="${CSS.escape(field.dataset.field)}"]`);
      if (!other || field.outerHTML === other.outerHTML) continue;
      const back = field.contains(document.activeElement) ? document.activeElement.id : "";
      field.replaceWith(document.importNode(other, true));
      if (back) document.getElementById(back)?.focus();
    }
  };
  const faults = (page) => {
    all("main > .note.bad[role=alert]").forEach((note) => note.remove());
    const fault = page.querySelector("main > .note.bad[role=alert]");
    if (fault) document.getElementById("studio-head").after(document.importNode(fault, true));
  };

  let queue = Promise.resolve();
  const send = (form, submitter) => {
    const data = new FormData(form, submitter);
    const action = form.action;
    queue = queue.then(() => kept(form, action, data)).catch(() => { said.textContent = said.dataset.failed; });
    return queue;
  };
  const kept = async (form, action, data) => {
    said.textContent = said.dataset.busy;
    const answer = await fetch(action, { method: "POST", body: data, credentials: "same-origin" });
    if (answer.redirected && !new URL(answer.url).pathname.endsWith("/studio/")) { location.href = answer.url; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("studio-head")) throw new Error("not the studio");
    take(page, ["studio-head", "studio-publish", "studio-history", "toasts", "going"]);
    if (form.dataset.auto === "fields") takeFields(page, form);
    else if (form.dataset.auto === "list") takeList(page, form, data.get("move"));
    else take(page, ["studio-edit"]);
    faults(page);
    wake();
    said.textContent = said.dataset.done;
    if (answer.ok) draw();
    follow();
  };
  const takeList = (page, form, moved) => {
    const id = form.closest("details").id;
    take(page, [id]);
    if (!moved) return;
    const [way, entry] = [moved.slice(0, moved.indexOf(":")), moved.slice(moved.indexOf(":") + 1)];
    const row = document.querySelector(`#${CSS.escape(id)} li[data-entry="${CSS.escape(entry)}"]`);
    const buttons = all("button[name=move]", row ?? document.createElement("li"));
    const wanted = buttons[way === "up" ? 0 : 1];
    (wanted && !wanted.disabled ? wanted : buttons.find((button) => !button.disabled))?.focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (!form) return;
    event.preventDefault();
    clearTimeout(waiting);
    send(form, event.submitter);
  });
  let waiting;
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (!form || event.target.matches("[data-pick], [data-slide]")) return;
    clearTimeout(waiting);
    send(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-auto=fields]");
    if (!form || !event.target.matches("input:not([type]), textarea")) return;
    if (event.target.closest(".colour")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => send(form), 1500);
  });

  /* -- colours: the verdict while one picks -- */
  const channel = (value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
  const light = (hex) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * channel(parseInt(hex.slice(1 + 2 * at, 3 + 2 * at), 16)), 0);
  const ratio = (one, other) => { const [high, low] = [light(one), light(other)].sort((a, b) => b - a); return (high + 0.05) / (low + 0.05); };
  const long = (text) => {
    const hex = text.trim().toLowerCase();
    if (/^#[0-9a-f]{6}$/.test(hex)) return hex;
    return /^#[0-9a-f]{3}$/.test(hex) ? `#${[...hex.slice(1)].map((digit) => digit + digit).join("")}` : null;
  };
  const judge = (field) => {
    const text = field.querySelector("input.in");
    const colour = long(text.value || text.dataset.usual);
    const verdict = field.querySelector("output");
    if (colour) field.querySelector("[data-pick]").value = colour;
    if (!verdict || !colour) return;
    const found = ratio(colour, verdict.dataset.ground);
    const fine = found >= Number(verdict.dataset.least);
    verdict.textContent = `${found.toFixed(1)} : 1`;
    verdict.className = `badge ${fine ? "badge-good" : "badge-bad"}`;
    field.querySelector(".pale").hidden = fine || field.querySelector(".err:not(.pale)") !== null;
  };
  document.addEventListener("input", (event) => {
    const field = event.target.closest(".colour");
    if (field) {
      if (event.target.matches("[data-pick]")) field.querySelector("input.in").value = event.target.value;
      judge(field);
    }
    if (event.target.matches("[data-slide]")) document.getElementById(event.target.dataset.slide).value = event.target.value;
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick], [data-slide]")) send(event.target.form);
  });

  /* -- lists: dragged by mouse or finger -- */
  let dragged = null;
  let before = "";
  const names = (list) => all("li", list).map((item) => item.dataset.entry).join(" ");
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip) return;
    dragged = grip.closest("li");
    before = names(dragged.parentNode);
    dragged.classList.add("dragged");
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const over = all("li", dragged.parentNode).find((item) => { const edge = item.getBoundingClientRect(); return event.clientY >= edge.top && event.clientY < edge.bottom; });
    if (!over || over === dragged) return;
    const edge = over.getBoundingClientRect();
    dragged.parentNode.insertBefore(dragged, event.clientY > edge.top + edge.height / 2 ? over.nextSibling : over);
  });
  const drop = (keep) => {
    if (!dragged) return;
    const list = dragged.parentNode;
    dragged.classList.remove("dragged");
    dragged = null;
    const form = list.closest("form");
    if (!keep || names(list) === before) return;
    form.elements.order.value = names(list);
    send(form);
  };
  document.addEventListener("pointerup", () => drop(true));
  document.addEventListener("pointercancel", () => drop(false));

  /* -- what the frame shows -- */
  const look = document.querySelector("form.look-at");
  look.addEventListener("change", async () => {
    const address = new URL(look.action);
    address.search = new URLSearchParams(new FormData(look));
    const answer = await fetch(address, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    history.replaceState(null, "", address.pathname + address.search);
    take(page, ["studio-edit", "studio-head"]);
    wake();
    const fresh = page.querySelector("#frame iframe");
    document.querySelector(".pane .url").href = fresh.dataset.address;
    all(".seg2 a").forEach((link, at) => { link.href = all(".seg2 a", page)[at].href; });
    box.querySelector("iframe:not(.coming)").title = fresh.title;
    draw(fresh.dataset.address);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-width]");
    if (!link) return;
    event.preventDefault();
    all("a[data-width]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    box.className = `frame ${link.dataset.width}`;
    all("input[name=width]").forEach((field) => { field.value = link.dataset.width; });
  });

  /* -- undo and redo by keys, while nobody writes -- */
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const key = event.key.toLowerCase();
    const wanted = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : "";
    const button = wanted && document.querySelector(`[data-key=${wanted}]:not([disabled])`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  /* -- how a publication gets on: asked while it moves, and when the stream tells of a build -- */
  let asked;
  const follow = () => {
    clearTimeout(asked);
    if (document.getElementById("going")?.dataset.moving === "yes") asked = setTimeout(ask, 1000);
  };
  const ask = async () => {
    try {
      const answer = await fetch(said.dataset.progress, { credentials: "same-origin", headers: { "X-Requested-With": "studio" } });
      if (answer.ok && !answer.redirected) {
        const made = document.createElement("template");
        made.innerHTML = await answer.text();
        document.getElementById("going").replaceWith(made.content.querySelector("#going"));
      }
    } catch { /* the next one may get through */ }
    follow();
  };
  new MutationObserver(ask).observe(document.querySelector("[data-live=build]"), { childList: true });

  const wake = () => {
    all(".studio .js[hidden]").forEach((part) => { part.hidden = false; });
    all(".colour").forEach(judge);
  };
  wake();
  follow();
})();
