import type { TraceTree } from "../../servers/fake-langsmith.js";

const WIDTH = 900;
const ROW = 26;
const TOP = 34;
/** Where the time axis begins and ends; labels of the bars stand behind it. */
const AXIS = { left: 430, right: 740 };
const INDENT = 16;

/** Colours that can be told apart on white and on black. */
const COLOURS = {
  small: "#0d9488",
  large: "#d97706",
  answer: "#8b5cf6",
  other: "#8b949e",
} as const;

const STYLE = `text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}
.dim{fill:#656d76;font-size:12px}.line{stroke:#8b949e;stroke-opacity:.35}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}}`;

interface Row {
  readonly run: TraceTree;
  readonly depth: number;
}

/** A captured trace as a picture: a row for each run, its bar on a time axis in the colour of who wrote it. */
export function traceSvg(tree: TraceTree): string {
  const rows = rowsOf(tree, 0);
  const begin = timeOf(tree.start_time);
  const total = Math.max(1, ...rows.map(({ run }) => timeOf(run.end_time ?? 0) - begin));
  const height = TOP + rows.length * ROW + 30;
  const at = (time: number) => AXIS.left + ((time - begin) / total) * (AXIS.right - AXIS.left);
  const grid = [0, 0.5, 1].map((share) => {
    const x = AXIS.left + share * (AXIS.right - AXIS.left);
    return `<line class="line" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${height - 24}"/>
<text class="dim" x="${x}" y="18" text-anchor="middle">${(share * total).toFixed(0)} ms</text>`;
  });
  const drawn = rows.map((row, index) => drawRow(row, TOP + index * ROW, at));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>The trace of one routed reply</title>
<style>${STYLE}</style>
${[...grid, ...drawn, legend(height - 6)].join("\n")}
</svg>
`;
}

/** The picture without what differs from run to run: times, and the digits of an entropy. */
export function withoutTimes(svg: string): string {
  return svg
    .replace(/<rect class="bar" x="[\d.]+" y="(\d+)" width="[\d.]+"/g, '<rect class="bar" y="$1"')
    .replace(/x="[\d.]+" y="(\d+)">[\d.]+ ms/g, 'y="$1">ms')
    .replace(/>\d+ ms</g, ">ms<")
    .replace(/H \d+\.\d\d/g, "H");
}

function rowsOf(run: TraceTree, depth: number): readonly Row[] {
  return [{ run, depth }, ...run.children.flatMap((child) => rowsOf(child, depth + 1))];
}

function drawRow({ run, depth }: Row, y: number, at: (time: number) => number): string {
  const [start, end] = [timeOf(run.start_time), timeOf(run.end_time ?? run.start_time)];
  const [x, width] = [at(start), Math.max(2, at(end) - at(start))];
  const { tokens } = (run.outputs ?? {}) as { tokens?: number };
  const label = `${(end - start).toFixed(0)} ms${tokens === undefined ? "" : `, ${tokens} tokens`}`;
  const baseline = y + 17;
  return `<text x="${8 + depth * INDENT}" y="${baseline}">${escaped(run.name)}</text>
<rect class="bar" x="${x.toFixed(1)}" y="${y + 5}" width="${width.toFixed(1)}" height="${ROW - 10}" rx="3" fill="${COLOURS[writerOf(run)]}"/>
<text class="dim" x="${(x + width + 6).toFixed(1)}" y="${baseline}">${label}</text>`;
}

/** Who wrote what a run stands for; the names of steps and answers tell. */
function writerOf({ name }: TraceTree): keyof typeof COLOURS {
  if (name.startsWith("answer")) return "answer";
  const route = /^\d+ (small|large)\b/.exec(name)?.[1];
  return route === "small" || route === "large" ? route : "other";
}

function legend(y: number): string {
  return (["small", "large", "answer"] as const)
    .map((name, index) => {
      const x = 8 + index * 130;
      return `<rect x="${x}" y="${y - 10}" width="12" height="12" rx="3" fill="${COLOURS[name]}"/>
<text class="dim" x="${x + 18}" y="${y}">${name === "answer" ? "the answer" : `step by ${name}`}</text>`;
    })
    .join("\n");
}

/** LangSmith's clients send ISO texts, or milliseconds. */
function timeOf(time: string | number): number {
  return typeof time === "number" ? time : new Date(time).getTime();
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
