/** On paper nothing can be opened: the figures of the charts are shown while it is printed. */
export function openDetailsForPrint(page: Document): void {
  let opened: readonly HTMLDetailsElement[] = [];
  page.defaultView?.addEventListener("beforeprint", () => {
    opened = Array.from(page.querySelectorAll("details")).filter(({ open }) => !open);
    for (const each of opened) each.open = true;
  });
  page.defaultView?.addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
  });
}
