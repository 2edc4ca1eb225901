/** What tokens of one model cost: money for a million, in any unit; costs are in the same. */
export interface ModelPrice {
  /** Tokens of a prompt. */
  readonly input: number;
  /** Those of them that its server says it took from a prefix cache. @defaultValue `input` */
  readonly cachedInput?: number | undefined;
  /** Generated tokens. */
  readonly output: number;
}

export interface Prices {
  readonly small: ModelPrice;
  readonly large: ModelPrice;
}

/** Tokens that are paid for. */
export interface PaidTokens {
  readonly input_tokens: number;
  /** Those of `input_tokens` that came from a prefix cache, as far as that was told. */
  readonly cached_tokens: number | null;
  readonly output_tokens: number;
}

/** Of a reply: both models', and what was asked of one of them beside the thought. */
export interface PaidUsage {
  readonly small: PaidTokens;
  readonly large: PaidTokens;
  readonly verify?: PaidTokens & { readonly role: keyof Prices };
  readonly watch?: PaidTokens & { readonly role: keyof Prices };
  readonly warmSmall?: PaidTokens & { readonly role: keyof Prices };
  readonly warmLarge?: PaidTokens & { readonly role: keyof Prices };
}

const PRICED = 1_000_000;

/**
 * What a reply has cost, discarded tokens and those beside the thought included: in the unit of the prices. At most, where
 * cached input is cheaper: tokens of which nobody told that they were cached cost as much as all others.
 */
export function replyCost({ small, large, ...beside }: PaidUsage, prices: Prices): number {
  const { verify, watch, warmSmall, warmLarge } = beside;
  const asides = [verify, watch, warmSmall, warmLarge].flatMap((each) =>
    each === undefined ? [] : [tokenCost(each, prices[each.role])],
  );
  const costs = [tokenCost(small, prices.small), tokenCost(large, prices.large), ...asides];
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** What tokens of one model cost. */
export function tokenCost(
  { input_tokens, cached_tokens, output_tokens }: PaidTokens,
  { input, cachedInput = input, output }: ModelPrice,
): number {
  const cached = cached_tokens ?? 0;
  const read = (input_tokens - cached) * input + cached * cachedInput;
  return (read + output_tokens * output) / PRICED;
}
