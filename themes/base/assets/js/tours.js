// Something to turn with a car: nothing is loaded before the click, and what cannot run shows its picture.
import { sheet } from "./sheet.js";

for (const link of document.querySelectorAll("a[data-tour]")) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-busy")) return;
    link.setAttribute("aria-busy", "true");
    const word = link.querySelector(".tour-word");
    word.textContent = link.dataset.loading;
    await sheet(link.dataset.sheet);
    const { start } = link.dataset.tour === "spin" ? await import("./spin.js") : await import("./panorama.js");
    const stage = await start(link).catch(() => null);
    if (stage) {
      link.replaceWith(stage);
      stage.querySelector("[tabindex]").focus();
      return;
    }
    link.removeAttribute("aria-busy");
    word.setAttribute("role", "status");
    word.textContent = link.dataset.failed;
    // A second click opens the picture itself.
    link.replaceWith(link.cloneNode(true));
  });
}
