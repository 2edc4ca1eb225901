const BOXES = ["\\boxed{", "\\fbox{"];

/** What the last `\boxed{...}` of a text holds, inner braces and all; `null` without one that is closed. */
export function boxedText(text: string): string | null {
  for (let at = lastBox(text, text.length); at !== null; at = lastBox(text, at.from)) {
    const inside = balanced(text, at.inside);
    if (inside !== null) return inside.trim();
  }
  return null;
}

function lastBox(
  text: string,
  before: number,
): { readonly from: number; readonly inside: number } | null {
  if (before === 0) return null;
  const found = BOXES.map((box) => ({ from: text.lastIndexOf(box, before - 1), box }));
  const [last] = found.sort((a, b) => b.from - a.from);
  if (last === undefined || last.from === -1) return null;
  return { from: last.from, inside: last.from + last.box.length };
}

/** From `from` to the brace that closes what was open there. A brace behind a backslash is text. */
function balanced(text: string, from: number): string | null {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return text.slice(from, at);
  }
  return null;
}
