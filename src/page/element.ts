/** What may stand in an element: text is text, whatever is in it. */
export type Content = Node | string | null;

interface Fields {
  readonly class?: string;
  readonly [attribute: string]: string | undefined;
}

export type Make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  fields?: Fields,
  ...contents: readonly Content[]
) => HTMLElementTagNameMap[Name];

/** Makes elements of a page; markup is never parsed. */
export function makerOf(page: Document): Make {
  return (name, fields = {}, ...contents) => {
    const made = page.createElement(name);
    for (const [attribute, value] of Object.entries(fields)) {
      if (value !== undefined) made.setAttribute(attribute, value);
    }
    for (const content of contents) {
      if (content !== null) made.append(content);
    }
    return made;
  };
}
