/** The tags around a model's thought. */
export interface ThinkingTags {
  readonly open: string;
  readonly close: string;
}

/**
 * What ends the thought and makes room for the answer, appended to the thought's text: the closing tag
 * on a line of its own and a blank line, as reasoning models write it themselves.
 */
export function closingText(thought: string, tags: ThinkingTags): string {
  return `${thought.endsWith("\n") ? "" : "\n"}${tags.close}\n\n`;
}

export type ThoughtLead =
  | { readonly kind: "opened" }
  | { readonly kind: "add"; readonly text: string }
  | { readonly kind: "closed" };

/**
 * How a thought starts behind a prompt text: the template opened it already, the tag must be added, or
 * the template closed it (thinking was switched off). Only the end counts: tags of earlier turns do not.
 */
export function thoughtLead(promptText: string, tags: ThinkingTags): ThoughtLead {
  const end = promptText.trimEnd();
  if (end.endsWith(tags.open)) return { kind: "opened" };
  if (end.endsWith(tags.close)) return { kind: "closed" };
  return { kind: "add", text: `${tags.open}\n` };
}
