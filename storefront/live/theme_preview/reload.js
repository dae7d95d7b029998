// The page loads itself again when a file of the theme was saved; it stays where it was scrolled to.
const source = new EventSource("/-/theme/changes");
source.addEventListener("change", () => { source.close(); location.reload(); });
