// A stale copy of a page marks what was sold since: one static file, no backend.
const { sold, similar, cars } = document.querySelector("[data-words]").dataset;

function mark(car, name, spot, prices) {
  if (!spot) {
    spot = document.createElement("p");
    spot.className = name === "h1" ? "v-flag" : "flag";
    (car.querySelector(".ph + .b") ?? car.querySelector(name)).before(spot);
  }
  spot.innerHTML = `<b class="badge badge-ink">${sold}</b>`;
  for (const price of car.querySelectorAll(prices)) price.innerHTML = `<s>${price.innerHTML}</s>`;
}

fetch("/status.json", { priority: "low" }).then((answer) => answer.json()).then((now) => {
  for (const car of document.querySelectorAll("[data-car]")) {
    const spot = car.querySelector(".v-flag, .state, .flag, .lot .no");
    if (!now.sold.includes(car.dataset.car) || car.dataset.state === "sold" || spot?.textContent === sold) continue;
    if (car.localName !== "main") mark(car, "h3", spot, ".price");
    else {
      mark(car, "h1", car.querySelector(".v-flag, .state"), ".pbox .price");
      for (const box of car.querySelectorAll(".acts, #inquiry form")) {
        box.outerHTML = `<a class="btn btn-main" href="${document.getElementById("similar") ? "#similar" : cars}">${similar}</a>`;
      }
      for (const box of document.querySelectorAll(".acts-more, .dock")) box.remove();
    }
  }
}).catch(() => {});
