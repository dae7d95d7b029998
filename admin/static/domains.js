// Values of records to copy; the page works without: they can be marked and copied by hand.
(() => {
  "use strict";
  const wake = () => { for (const part of document.querySelectorAll("[data-copy].js[hidden]")) part.hidden = false; };
  wake();
  document.addEventListener("htmx:afterSettle", wake);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      getSelection().selectAllChildren(button.parentElement.querySelector("code b"));
      return;
    }
    const before = [...button.childNodes];
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.textContent = button.dataset.done;
    button.replaceChildren(said);
    setTimeout(() => button.replaceChildren(...before), 1600);
  });

  // A page that looks by itself does not take away what somebody is about to decide or has marked.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const root = document.getElementById("domain");
    if (event.target !== root) return;
    const busy = root.querySelector("details[open], aside :focus, .copy button:focus") || !getSelection().isCollapsed;
    if (busy) event.preventDefault();
  });
})();
