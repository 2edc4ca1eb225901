/** LaTeX that says how a formula looks, and what says the same in plain text. */
const LAYOUT: readonly (readonly [RegExp, string])[] = [
  [/\\(?:left|right|displaystyle|quad|[,!;: ])/g, " "],
  // A whole number in front of it: 1\frac{3}{4}.
  [/(\d)\\([dt]?frac)/g, "$1 \\$2"],
  [/\\[dt]?frac ?\{([^{}]{1,60})\} ?\{([^{}]{1,60})\}/g, "($1)/($2)"],
  [/\\[dt]?frac(\d)(\d)/g, "$1/$2"],
  [/\((-?[\d.,]{1,60})\)/g, "$1"],
  [/\\(?:text|mathrm|mbox|textbf|mathbf) ?\{([^{}]{0,60})\}/g, " $1"],
  [/\\%/g, "%"],
  [/\\?\$|[€£¥°]|\\circ/g, " "],
  [/[−–]/g, "-"],
  [/\s+/g, " "],
];

/** Plain text of an answer that may be LaTeX, every run of blanks as one. */
export function stripLayout(text: string): string {
  return LAYOUT.reduce((rest, [what, by]) => rest.replace(what, by), text).trim();
}
