import type { TraceTree } from "../../servers/fake-langsmith.js";

/** A captured trace as the documentation shows it: names, what the runs say of themselves, and their text. */
export function tracePicture(tree: TraceTree, indent = ""): string {
  const { inputs, outputs = {}, children } = tree;
  const { text, tokens, end } = outputs as { text?: string; tokens?: number; end?: string };
  const about = tokens === undefined ? "" : `   ${tokens} tokens, end: ${end}`;
  const lines = [`${indent}${tree.name}   [${tree.run_type}]${about}`];
  const { H_init } = inputs as { H_init?: number };
  if (H_init !== undefined) lines.push(`${indent}│ in:  ${JSON.stringify(rounded(inputs))}`);
  if (text !== undefined) lines.push(`${indent}│ out: ${JSON.stringify(text)}`);
  return [...lines, ...children.map((child) => tracePicture(child, `${indent}   `))].join("\n");
}

function rounded(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      typeof value === "number" ? Number(value.toFixed(2)) : value,
    ]),
  );
}
