import { makerOf } from "../../page/element.js";

/** Twice the size: sharp on paper and on dense screens. */
const SCALE = 2;

/** Puts two buttons beside each chart: as SVG, as PNG. */
export function offerDownloads(page: Document): void {
  const make = makerOf(page);
  for (const drawing of Array.from(page.querySelectorAll<HTMLElement>(".drawing"))) {
    const name = drawing.dataset.name ?? "chart";
    const svg = make("button", { type: "button", class: "pill" }, "Save as SVG");
    const png = make("button", { type: "button", class: "pill" }, "PNG");
    png.setAttribute("aria-label", "Save as PNG");
    svg.addEventListener("click", () => {
      const text = standaloneSvg(shownChart(drawing));
      save(page, `${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
    });
    png.addEventListener("click", () => {
      paintPng(page, shownChart(drawing), (blob) => save(page, `${name}.png`, blob));
    });
    drawing.nextElementSibling?.append(make("p", { class: "saves" }, svg, png));
  }
}

/** Of the two widths, the one that is not hidden. */
function shownChart(drawing: HTMLElement): SVGSVGElement {
  const charts = Array.from(drawing.querySelectorAll<SVGSVGElement>("svg"));
  return (
    charts.find((chart) => chart.getBoundingClientRect().width > 0) ?? (charts[0] as SVGSVGElement)
  );
}

/** A chart that is by itself what it is on the page: its colours and its font are the page's. */
function standaloneSvg(chart: SVGSVGElement): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const style = getComputedStyle(chart);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  for (const each of [copy, ...Array.from(copy.querySelectorAll("*"))]) {
    for (const attribute of Array.from(each.attributes)) {
      const named = attribute.value.replace(/var\((--[a-z]+)\)/g, (_, name) => colour(name));
      each.setAttribute(attribute.name, named.replace(/currentColor/gi, style.color));
    }
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("font-family", style.fontFamily);
  copy.setAttribute("font-size", style.fontSize);
  const paper = copy.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const side of ["width", "height"]) paper.setAttribute(side, "100%");
  paper.setAttribute("fill", colour("--page"));
  copy.prepend(paper);
  return new XMLSerializer().serializeToString(copy);
}

function paintPng(page: Document, chart: SVGSVGElement, done: (blob: Blob) => void): void {
  const { width, height } = chart.viewBox.baseVal;
  const image = new Image(width, height);
  image.addEventListener("load", () => {
    const canvas = makerOf(page)("canvas");
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob !== null && done(blob));
  });
  // A data: URL, since the page's policy allows no other image.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standaloneSvg(chart))}`;
}

function save(page: Document, name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = makerOf(page)("a", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
