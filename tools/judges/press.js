// Presses everything on the page that a script may answer to, once, and says how often what was pressed (visits.py).
async () => {
  const pressed = {};
  for (const control of document.querySelectorAll("summary, button, [role=button], a[href^='#']")) {
    if (control.matches("form button:not([type=button])") || !control.checkVisibility({ visibilityProperty: true })) continue;
    const name = [...control.getAttributeNames()].find((word) => word.startsWith("data-")) ?? control.tagName.toLowerCase();
    pressed[name] = (pressed[name] ?? 0) + 1;
    control.click();
    await new Promise((done) => setTimeout(done, 20));
    const focused = document.activeElement ?? document.body;
    for (const key of ["ArrowRight", "Escape"]) focused.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  }
  return pressed;
}
