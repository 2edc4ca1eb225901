const identities = new WeakMap<object, string>();

/** A name for a thing that cannot be written down: the same within this process, and unlike any in another. */
export function identityOf(thing: object): string {
  const known = identities.get(thing);
  if (known !== undefined) return known;
  const identity = globalThis.crypto.randomUUID();
  identities.set(thing, identity);
  return identity;
}
