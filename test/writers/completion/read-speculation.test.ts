import { expect, it } from "vitest";
import { readSpeculation } from "../../../src/writers/completion/read-speculation.js";
import { readUsage } from "../../../src/writers/completion/read-usage.js";

/** As vLLM's documentation has it. */
const VLLM = {
  mean_acceptance_length: 1.23,
  draft_acceptance_rate: 0.0775,
  acceptance_histogram: [39, 1, 0, 3],
  num_spec_steps: 43,
  num_accepted_draft_tokens: 10,
  num_draft_tokens: 129,
  num_spec_tokens: 3,
};
const USAGE = { prompt_tokens: 5, completion_tokens: 9 };
const TIMINGS = { cache_n: 1, prompt_n: 4, predicted_n: 9 };

it("reads what vLLM and llama.cpp tell", () => {
  expect(readSpeculation({ metrics: { speculative_decoding: VLLM, ttft_ms: 1 } })).toEqual({
    drafted: 129,
    accepted: 10,
  });
  expect(readSpeculation({ timings: { ...TIMINGS, draft_n: 6, draft_n_accepted: 0 } })).toEqual({
    drafted: 6,
    accepted: 0,
  });
});

it.each([
  {},
  { metrics: null, timings: TIMINGS },
  { metrics: { speculative_decoding: null } },
  { metrics: { speculative_decoding: { draft_acceptance_rate: 0.5 } } },
  { metrics: { speculative_decoding: { ...VLLM, num_accepted_draft_tokens: 130 } } },
  { metrics: { speculative_decoding: { ...VLLM, num_draft_tokens: "129" } } },
  { metrics: { speculative_decoding: { ...VLLM, num_accepted_draft_tokens: [10] } } },
  { metrics: { speculative_decoding: { ...VLLM, num_accepted_draft_tokens: -1 } } },
  { metrics: { speculative_decoding: [129, 10] } },
  { metrics: "speculative_decoding" },
  { timings: { ...TIMINGS, draft_n: 6 } },
  { timings: { ...TIMINGS, draft_n: 6.5, draft_n_accepted: 1 } },
  { timings: 3 },
])("leaves out what it does not know (%#)", (chunk) => {
  expect(readSpeculation(chunk)).toBeNull();
});

it("goes with the usage, whichever of the two there is", () => {
  const timings = { ...TIMINGS, draft_n: 6, draft_n_accepted: 4 };
  const speculation = { drafted: 6, accepted: 4 };
  expect(readUsage(USAGE, { timings }).usage).toEqual({
    input_tokens: 5,
    output_tokens: 9,
    cached_tokens: 1,
    speculation,
  });
  expect(readUsage(undefined, { timings }).usage).toMatchObject({ output_tokens: 9, speculation });
  expect(readUsage(USAGE).usage).toEqual({ input_tokens: 5, output_tokens: 9 });
  expect(readUsage(undefined, { metrics: { speculative_decoding: VLLM } })).toEqual({});
});
