/** An expression: texts of the page whose colour is too near to what is behind them (WCAG 2, AA). */
export function lowContrasts(): string {
  return `(() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
      const [r, g, b] = numbers(colour).slice(0, 3).map((each) => {
        const share = each / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if ((numbers(colour)[3] ?? 1) > 0) return colour;
      }
      return "rgb(255, 255, 255)";
    };
    const low = [];
    for (const element of document.querySelectorAll("body *")) {
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
      if (!hasText || element.closest("script, :disabled") || element.getClientRects().length === 0) continue;
      const isChart = element.closest("svg") !== null;
      const style = getComputedStyle(element);
      const [front, back] = [light(isChart ? style.fill : style.color), light(behind(element))];
      const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
      if (contrast < 4.5) low.push(element.tagName + " " + element.className + " " + element.textContent.slice(0, 30) + " " + contrast.toFixed(2));
    }
    return low;
  })()`;
}
