// With the styles away: does the page read in order? Used by g5.py; says what is wrong, and which parts were found.
() => {
  const first = selector => document.querySelector(selector);
  const wanted = {
    skip: first("body > a[href='#content'], body > a.skip"), h1: first("h1"), price: first("main [class*=price]"),
    facts: first("main dl"), form: first("main form[method=post]"),
  };
  // Only a car's page has one price and its facts; elsewhere the first price is that of some card.
  const named = first("main[data-listing]:not([data-state=sold])") ? Object.keys(wanted) : ["skip", "h1"];
  const order = Object.entries(wanted).filter(([name, element]) => element && named.includes(name));
  const wrong = [];
  for (let at = 1; at < order.length; at += 1) {
    const [before, one] = order[at - 1], [after, other] = order[at];
    if (!(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push(`${before} after ${after}`);
    const top = element => element.getBoundingClientRect().top + scrollY;
    if (top(one) > top(other) + 1) wrong.push(`${before} drawn below ${after}`);
  }
  const words = text => text.replace(/\s+/g, "");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let told = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!holder.closest("script,style,noscript,template,svg,select,textarea,[hidden]")) told += node.data;
  }
  // Nothing may stand elsewhere than the document says: what is drawn from top to bottom is the text as it is written.
  document.querySelectorAll("details").forEach((element) => { element.open = true; });
  document.querySelectorAll("select, textarea, svg").forEach((element) => { element.style.display = "none"; });
  const drawn = words(document.body.innerText), written = words(told);
  if (Math.abs(drawn.length - written.length) > written.length * 0.02) wrong.push(`${drawn.length} letters drawn, ${written.length} written`);
  for (const image of document.images) if (!image.hasAttribute("alt")) wrong.push(`a picture without alt: ${image.src}`);
  if (!first("h1")) wrong.push("no h1");
  return {wrong, found: Object.keys(wanted).filter(name => wanted[name])};
}
