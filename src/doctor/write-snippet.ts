import type { RoutableOptions } from "./report.js";

/** The options as source code: valid where `small` and `large` are the two models. */
export function writeSnippet(options: RoutableOptions): string {
  const { continuation, threshold, topLogprobs, glimpse, contextSize, thinking } = options;
  // An object of the user's own cannot be written down: a variable stands for it.
  const named = (role: "small" | "large") => literal(continuation[role]) ?? `${role}Continuation`;
  const sizes = Object.entries(contextSize).map(([role, tokens]) => `${role}: ${tokens}`);
  const tags =
    thinking === false
      ? "false"
      : `{ open: ${literal(thinking.open)}, close: ${literal(thinking.close)} }`;
  const lines = [
    "small",
    "large",
    `continuation: { small: ${named("small")}, large: ${named("large")} }`,
    ...(threshold === undefined ? [] : [`threshold: ${threshold}`]),
    `topLogprobs: ${topLogprobs}`,
    ...(glimpse === undefined ? [] : [`glimpse: "${glimpse}"`]),
    ...(sizes.length === 0 ? [] : [`contextSize: { ${sizes.join(", ")} }`]),
    `thinking: ${tags}`,
  ];
  return [
    "const router = new GlimpRouterChatModel({",
    ...lines.map((line) => `  ${line},`),
    "});",
  ].join("\n");
}

function literal(text: string | null): string | null {
  return text === null ? null : JSON.stringify(text);
}
