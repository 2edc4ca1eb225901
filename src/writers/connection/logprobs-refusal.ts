/** vLLM: "Requested sample logprobs of 20, which is greater than max allowed: 5"; mlx-lm: "must be at most 11". */
const LIMIT = /logprobs.{0,80}?(?:max allowed: |at most )(\d{1,3})/i;

/** How many candidates of a token a server allows, where it has refused more in these words; else `null`. */
export function mostCandidates(said: string): number | null {
  const most = LIMIT.exec(said.slice(0, 2_000))?.[1];
  return most === undefined ? null : Number(most);
}

/** mlx-lm: "logprobs must be of type bool". */
const FORM = /logprobs.{0,80}?\b(bool|type)\b/i;

/** Does a server refuse the form in which log-probabilities are asked for, and not their number? */
export function refusesLogprobsForm(said: string): boolean {
  return FORM.test(said.slice(0, 2_000));
}
