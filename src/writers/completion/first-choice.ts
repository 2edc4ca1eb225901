/**
 * The choice that was asked for: one reply is, and events of another one are not its text. Servers that leave the
 * index out have no other.
 */
export function firstChoice<Choice extends { readonly index?: unknown }>(
  choices: readonly Choice[] | null | undefined,
): Choice | undefined {
  return choices?.find(isFirst);
}

function isFirst({ index }: { readonly index?: unknown }): boolean {
  return index === undefined || index === null || index === 0;
}
