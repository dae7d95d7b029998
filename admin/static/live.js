// What happens meanwhile: figures of the menu, new leads, builds, imports. Pages work without it.
(() => {
  "use strict";
  /* -- keys through the inbox: j k enter / -- */
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  if (rows.length) {
    let here = -1;
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { j: 1, k: -1 }[event.key];
      if (step) {
        here = Math.max(0, Math.min(rows.length - 1, here + step));
        rows[here].querySelector("a").focus();
      } else if (event.key === "/") document.getElementById("q")?.focus();
      else return;
      event.preventDefault();
    });
    rows.forEach((row, at) => row.addEventListener("focusin", () => { here = at; }));
  }

  /* -- the text of a page as it will look -- */
  document.querySelectorAll("[data-preview]").forEach((field) => {
    let waiting;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const form = new FormData();
        form.set("text", field.value);
        form.set("csrf_token", field.form.elements.csrf_token.value);
        const answer = await fetch(field.dataset.preview, { method: "POST", body: form });
        if (answer.ok) document.getElementById(field.dataset.into).innerHTML = await answer.text();
      }, 300);
    });
  });

  /* -- new leads, builds, imports: a stream, or a look every ten seconds -- */
  const body = document.querySelector("[data-stream]");
  if (!body) return;
  let newest = body.dataset.newest; // the newest lead when this page was made: what came since is told
  let timer;

  const leads = (made) => {
    for (const count of made.querySelectorAll("[data-count]")) {
      for (const place of document.querySelectorAll(`[data-live-count="${count.dataset.count}"]`)) {
        place.textContent = count.textContent || (place.dataset.none ?? "");
        place.hidden = !place.textContent;
      }
    }
    const said = made.querySelector("[data-say]");
    const id = said.dataset.say;
    if (id && id !== newest) {
      const toast = document.createElement("div");
      toast.className = "toast";
      toast.setAttribute("role", "status");
      const words = document.createElement("span");
      words.append(...said.childNodes);
      toast.append(words);
      document.getElementById("toasts")?.append(toast);
    }
    newest = id;
  };

  const take = (name, html) => {
    const made = document.createElement("template");
    made.innerHTML = html;
    if (name === "lead") return leads(made.content);
    for (const place of document.querySelectorAll(`[data-live="${name}"]`)) {
      place.replaceChildren(made.content.cloneNode(true));
    }
  };

  const once = async () => {
    try {
      const answer = await fetch(body.dataset.now, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return;
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      for (const part of made.content.querySelectorAll("[data-event]")) take(part.dataset.event, part.innerHTML);
    } catch { /* the next one may get through */ }
  };

  const poll = () => {
    if (timer) return;
    timer = setInterval(() => { if (!document.hidden) once(); }, 10000);
  };

  const listen = () => {
    const stream = new EventSource(body.dataset.stream);
    for (const name of ["lead", "build", "import"]) {
      stream.addEventListener(name, (event) => take(name, event.data));
    }
    // A refused stream (all seats taken) is closed for good; one that ended asks again by itself.
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) poll(); });
    addEventListener("pagehide", () => stream.close(), { once: true });
  };

  if (document.hidden) poll(); else listen();
})();
