/* What the admin does beside its forms: every act works without any of this. No global names, no inline anything. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const token = () => document.querySelector('input[name="csrf_token"]')?.value ?? "";

  /* -- choosing cars: count, all of the page, j k x enter -- */
  const table = document.querySelector("table[data-keys]");
  if (table) {
    const rows = all("tbody tr", table);
    const boxes = all('input[name="car"]', table);
    const whole = document.getElementById("all");
    const top = document.getElementById("pick-all");
    const said = document.getElementById("picked");
    const count = () => {
      const n = boxes.filter((box) => box.checked).length;
      said.textContent = n === 0 ? said.dataset.none : n === 1 ? said.dataset.one : said.dataset.many.replace("#", n);
      document.body.classList.toggle("picking", n > 0 || whole?.checked === true);
      top.checked = n === boxes.length;
      top.indeterminate = n > 0 && n < boxes.length;
    };
    top.addEventListener("change", () => { boxes.forEach((box) => { box.checked = top.checked; }); count(); });
    boxes.forEach((box, at) => box.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) {
        const [from, to] = last < at ? [last, at] : [at, last];
        boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
      }
      last = at;
      count();
    }));
    whole?.addEventListener("change", count);
    let last = -1;
    let here = -1;
    const go = (to) => {
      here = Math.max(0, Math.min(rows.length - 1, to));
      rows.forEach((row, at) => row.classList.toggle("here", at === here));
      rows[here].querySelector("a").focus();
    };
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "j") go(here + 1);
      else if (event.key === "k") go(here - 1);
      else if (event.key === "x" && here >= 0) { boxes[here].checked = !boxes[here].checked; count(); }
      else if (event.key === "/") document.getElementById("q")?.focus();
      else return;
      event.preventDefault();
    });
    rows.forEach((row, at) => row.addEventListener("focusin", () => { here = at; }));
    count();
  }

  /* -- what is there only with a script -- */
  const wake = (root) => all(".js[hidden]", root).forEach((part) => { part.hidden = false; });
  wake(document);

  /* -- a choice that is meant as soon as it is made; by keys one walks through the others first, so they get the button -- */
  all("form[data-at-once]").forEach((form) => {
    const button = form.querySelector("button");
    let byKeys = false;
    button.hidden = true;
    form.addEventListener("keydown", () => { byKeys = true; });
    form.addEventListener("pointerdown", () => { byKeys = false; });
    form.addEventListener("change", () => { if (byKeys) button.hidden = false; else form.requestSubmit(); });
  });

  /* -- photos: dragged into order, dropped, sent with progress, a point to look at -- */
  const post = (address, values) => {
    const form = new FormData();
    form.append("csrf_token", token());
    Object.entries(values).forEach(([name, value]) => form.append(name, value));
    return fetch(address, { method: "POST", body: form, credentials: "same-origin" });
  };
  const swap = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["photos", "buyers", "score", "toasts"]) {
      const fresh = page.getElementById(id);
      const old = document.getElementById(id);
      if (fresh && old) old.replaceWith(document.importNode(fresh, true));
    }
    const fault = page.querySelector(".note.bad[role=alert]");
    all("main > .note.bad[role=alert]").forEach((note) => note.remove());
    if (fault) document.querySelector("main .edit").before(document.importNode(fault, true));
    album();
  };

  const album = () => {
    const list = document.querySelector(".photos[data-order]");
    if (!list) return;
    wake(list);
    let dragged = null;
    let home = null;
    all("li[data-photo]", list).forEach((item) => {
      const picture = item.querySelector(".ph");
      picture.draggable = true;
      picture.addEventListener("dragstart", (event) => {
        dragged = item;
        home = item.nextSibling;
        item.classList.add("dragged");
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", item.dataset.photo);
      });
      picture.addEventListener("dragend", () => {
        item.classList.remove("dragged");
        if (dragged) list.insertBefore(item, home);
        dragged = null;
      });
      focus(item);
    });
    /* The photo moves along under the pointer, so it is let go over itself as often as over another one. */
    list.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const item = event.target.closest("li[data-photo]");
      if (!item || item === dragged) return;
      const box = item.getBoundingClientRect();
      list.insertBefore(dragged, event.clientX > box.left + box.width / 2 ? item.nextSibling : item);
    });
    list.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      dragged.classList.remove("dragged");
      dragged = null;
      const order = all("li[data-photo]", list).map((one) => one.dataset.photo).join(",");
      post(list.dataset.order, { order }).then(swap);
    });
    all("form.bar", list).forEach((form) => form.addEventListener("submit", (event) => {
      event.preventDefault();
      const label = event.submitter.getAttribute("aria-label");
      const forward = event.submitter === form.querySelector("button");
      post(event.submitter.formAction, {}).then(swap).then(() => {
        const again = document.querySelector(`.photos button[aria-label="${CSS.escape(label)}"]`);
        const beside = again?.closest("li")[forward ? "previousElementSibling" : "nextElementSibling"];
        const target = beside?.querySelector(forward ? ".bar button:first-of-type" : ".bar button:last-of-type");
        (target?.disabled ? beside.querySelector(".bar button:enabled") : (target ?? again))?.focus();
      });
    }));
    upload(list.querySelector("form[data-upload]"));
  };

  /* A click or the arrow keys on a photo say where its crops look, while its form is open. */
  const focus = (item) => {
    const shot = item.querySelector("details.shot");
    const fields = ["focus_x", "focus_y"].map((name) => shot.querySelector(`input[name="${name}"]`));
    if (!fields[0]) return;
    const picture = item.querySelector(".ph");
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    dot.setAttribute("viewBox", "0 0 100 100");
    dot.setAttribute("preserveAspectRatio", "none");
    dot.setAttribute("class", "dot");
    dot.setAttribute("aria-hidden", "true");
    const mark = document.createElementNS(dot.namespaceURI, "ellipse");
    mark.setAttribute("rx", "3");
    mark.setAttribute("ry", "4");
    dot.append(mark);
    const draw = () => {
      mark.setAttribute("cx", fields[0].value || "50");
      mark.setAttribute("cy", fields[1].value || "55");
    };
    shot.addEventListener("toggle", () => {
      if (shot.open) picture.append(dot); else dot.remove();
      picture.draggable = !shot.open;
      draw();
    });
    fields.forEach((field) => field.addEventListener("input", draw));
    picture.addEventListener("click", (event) => {
      if (!shot.open) return;
      const box = picture.getBoundingClientRect();
      const [x, y] = seen(picture.querySelector("img"), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      fields[0].value = x;
      fields[1].value = y;
      draw();
    });
  };

  /* The box shows a crop of the photo (object-fit: cover): a point of the box as percent of the whole photo. */
  const seen = (image, x, y) => {
    const box = image.clientWidth / image.clientHeight;
    const own = (image.naturalWidth || 4) / (image.naturalHeight || 3);
    const wide = own > box ? box / own : 1;
    const high = own > box ? 1 : own / box;
    const percent = (at, part) => Math.round(100 * Math.min(1, Math.max(0, 0.5 + (at - 0.5) * part)));
    return [percent(x, wide), percent(y, high)];
  };

  const upload = (form) => {
    if (!form) return;
    const input = form.querySelector("input[type=file]");
    const bar = form.querySelector("progress");
    const said = form.querySelector(".said");
    const drop = form.closest(".drop");
    /* What is chosen goes off at once: the label is the button, the browser's own control is reached by keys alone. */
    form.classList.add("at-once");
    const send = (files, more) => new Promise((done, failed) => {
      const data = new FormData();
      data.append("csrf_token", token());
      data.append("kind", form.querySelector("select").value);
      if (more) data.append("more", "1");
      files.forEach((file) => data.append("photos", file));
      const asked = new XMLHttpRequest();
      asked.open("POST", form.action);
      asked.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
      asked.addEventListener("load", () => done(asked));
      asked.addEventListener("error", failed);
      asked.send(data);
    });
    const start = async (files) => {
      if (!files.length) return;
      bar.hidden = false;
      said.textContent = form.dataset.busy;
      const batches = [[]];
      let size = 0;
      for (const file of files) {
        if (size + file.size > Number(form.dataset.most) && batches.at(-1).length) { batches.push([]); size = 0; }
        batches.at(-1).push(file);
        size += file.size;
      }
      try {
        let answer;
        for (const [at, batch] of batches.entries()) {
          answer = await send(batch, at > 0);
          if (answer.status >= 400) break;
        }
        await swap(new Response(answer.responseText));
      } catch {
        bar.hidden = true;
        said.textContent = form.dataset.failed;
      }
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); start([...input.files]); });
    input.addEventListener("change", () => start([...input.files]));
    for (const name of ["dragover", "dragenter"]) {
      drop.addEventListener(name, (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      drop.classList.remove("over");
      start([...event.dataTransfer.files]);
    });
  };
  album();

  /* -- a proposal of a VIN goes into its field -- */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-fill]");
    if (!button) return;
    const field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.focus();
  });

  /* -- equipment: only what matches -- */
  all("input[data-filters]").forEach((field) => {
    const root = document.querySelector(field.dataset.filters);
    const groups = all("details", root).map((group) => ({ group, open: group.open, items: all("li", group) }));
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      groups.forEach(({ group, open, items }) => {
        items.forEach((item) => { item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word)); });
        const some = items.some((item) => !item.hidden);
        group.hidden = !some;
        group.open = words.length ? some : open;
      });
    });
  });

  all("#features details").forEach((group) => {
    const told = group.querySelector("summary span");
    group.addEventListener("change", () => { told.textContent = `${all("input:checked", group).length} / ${all("input", group).length}`; });
  });

  /* -- search result as it will look, with its length -- */
  all("[data-shows]").forEach((field) => {
    const shown = document.querySelector(field.dataset.shows);
    const told = document.querySelector(`output[for="${field.id}"]`);
    const draw = () => {
      const text = field.value.trim();
      shown.textContent = text || shown.dataset.own;
      const length = shown.textContent.length;
      told.textContent = String(length);
      told.className = length < Number(field.dataset.low) || length > Number(field.dataset.high) ? "num off" : "num";
    };
    field.addEventListener("input", draw);
    draw();
  });
})();
