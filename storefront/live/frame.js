// In a frame of the theme studio only: tells where the frame is, so that it can be shown again there.
(() => {
  "use strict";
  if (parent === window) return;
  const wanted = /^#at=(\d{1,7})$/.exec(location.hash);
  if (wanted) {
    history.replaceState(null, "", location.pathname + location.search);
    const go = () => scrollTo({ top: Number(wanted[1]), behavior: "instant" });
    go();
    addEventListener("load", go);
  }
  // Only the studio may frame this page (frame-ancestors), so nobody else hears it.
  const tell = () => parent.postMessage({ draft: location.pathname, at: Math.round(scrollY) }, "*");
  let waiting;
  addEventListener("scroll", () => { clearTimeout(waiting); waiting = setTimeout(tell, 150); }, { passive: true });
  addEventListener("load", tell);
})();
