// Photos at full size, in a real dialog: the page behind is out of reach, Escape and the device's back button close it.
import PhotoSwipe from "../vendor/photoswipe.esm.min.js";
import { sheet } from "./sheet.js";

const STEP = 1.6;
const PAN = 80;

export async function open(gallery, photo, row) {
  const words = gallery.dataset;
  await sheet(words.sheet);
  const photos = [...gallery.querySelectorAll("a[data-photo]")];
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  dialog.dir = "ltr";
  dialog.setAttribute("aria-label", words.title);
  document.body.append(dialog);
  dialog.showModal();
  const box = new PhotoSwipe({
    dataSource: photos.map(slide),
    index: photos.indexOf(photo),
    appendToEl: dialog,
    trapFocus: false,
    returnFocus: false,
    wheelToZoom: true,
    zoom: false,
    bgOpacity: 1,
    showHideAnimationType: "fade",
    secondaryZoomLevel: (level) => Math.max(1, level.fit * 2),
    maxZoomLevel: (level) => Math.max(2, level.fit * 4),
    paddingFn: (view) => (view.x > 700 ? { top: 60, bottom: 60, left: 80, right: 80 } : { top: 60, bottom: 60, left: 0, right: 0 }),
    indexIndicatorSep: " / ",
    closeTitle: words.closing,
    arrowPrevTitle: words.previous,
    arrowNextTitle: words.next,
    errorMsg: words.broken,
  });
  const back = () => box.close();
  box.on("uiRegister", () => controls(box, words));
  box.on("keydown", (event) => panned(box, event.originalEvent) && event.preventDefault());
  box.on("destroy", () => {
    removeEventListener("popstate", back);
    leave(dialog, photos[box.currIndex], row);
  });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); box.close(); });
  dialog.addEventListener("close", () => box.close());
  // The back button of a phone closes the photos, not the page.
  history.pushState({ ...history.state, lightbox: true }, "");
  addEventListener("popstate", back);
  box.init();
  // The library calls its own root a dialog too; there is one already, and it has the name.
  box.element.removeAttribute("role");
  box.element.removeAttribute("tabindex");
}

function slide(photo) {
  const image = photo.querySelector("img");
  const files = candidates(photo.querySelector("picture"));
  const width = files.at(-1)?.width ?? 1600;
  return {
    src: files.at(-1)?.address ?? photo.href,
    srcset: files.map((file) => `${file.address} ${file.width}w`).join(", ") || undefined,
    width,
    height: Math.round((width * image.getAttribute("height")) / image.getAttribute("width")),
    alt: image.alt,
    msrc: image.currentSrc || undefined,
    caption: photo.parentElement.querySelector(".cap, figcaption")?.textContent ?? photo.dataset.caption ?? "",
  };
}

// The format this browser took for the photos it has shown, smallest file first; browsers say in no other way what they can read.
function candidates(picture) {
  const sources = [...(picture?.querySelectorAll("source") ?? [])];
  const shown = [...document.querySelectorAll("[data-photo] img")].map((image) => image.currentSrc && new URL(image.currentSrc).pathname);
  const suffix = shown.find(Boolean)?.split(".").at(-1);
  const source = sources.find((each) => each.srcset.split(" ")[0].endsWith(`.${suffix}`));
  return (source?.srcset ?? "").split(",").map((part) => part.trim().split(" ")).filter((part) => part.length === 2)
    .map(([address, width]) => ({ address, width: parseInt(width, 10) })).sort((one, other) => one.width - other.width);
}

function controls(box, words) {
  for (const [name, label, icon, power] of [["farther", words.farther, "M5 12h14", 1 / STEP], ["closer", words.closer, "M5 12h14M12 5v14", STEP]]) {
    box.ui.registerElement({
      name,
      title: label,
      ariaLabel: label,
      order: 8,
      isButton: true,
      html: `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="${icon}"/></svg>`,
      onClick: () => zoom(box, power),
    });
  }
  box.ui.registerElement({ name: "caption", appendTo: "root", onInit: (element) => caption(box, element, words) });
}

function caption(box, element, words) {
  element.setAttribute("aria-live", "polite");
  const place = document.createElement("span");
  place.className = "sr";
  const text = document.createElement("span");
  element.append(place, text);
  box.on("change", () => {
    place.textContent = words.of.replace("[n]", box.currIndex + 1).replace("[all]", box.getNumItems());
    text.textContent = box.currSlide.data.caption;
    text.hidden = !text.textContent;
  });
}

function zoom(box, power) {
  const { currSlide: slide } = box;
  const level = Math.min(Math.max(slide.currZoomLevel * power, slide.zoomLevels.fit), slide.zoomLevels.max);
  slide.zoomTo(level, { x: box.viewportSize.x / 2, y: box.viewportSize.y / 2 }, box.options.zoomAnimationDuration);
}

function panned(box, event) {
  const { currSlide: slide } = box;
  const keys = { "+": STEP, "=": STEP, "-": 1 / STEP };
  if (keys[event.key] && !event.ctrlKey && !event.metaKey) {
    zoom(box, keys[event.key]);
    return true;
  }
  const [x, y] = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[event.key] ?? [];
  if (x === undefined || slide.currZoomLevel <= slide.zoomLevels.fit) return false;
  slide.panTo(slide.pan.x + x, slide.pan.y + y);
  event.preventDefault();
  return true;
}

function leave(dialog, photo, row) {
  dialog.close();
  dialog.remove();
  if (history.state?.lightbox) history.back();
  row?.show(row.shots.indexOf(photo.closest(".ph")));
  // Where the last photo lies in something folded, the focus stays on the one that was opened.
  if (photo.checkVisibility?.() ?? true) photo.focus({ preventScroll: Boolean(row) });
}
