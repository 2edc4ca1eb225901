import { mostCandidates } from "../../writers/connection/logprobs-refusal.js";
import type { Examination } from "../examination.js";
import { failed, failedWith, ok, skipped, warning } from "../finding.js";
import { through } from "../reply-path.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

export const logProbs: Check = {
  id: "log-probs",
  title: "Log-probs in the stream",
  needs: ["think-tag"],
  async run(examination, signal) {
    const { counted, role, topLogprobs, writer } = examination;
    if ((await writer(signal)).writer.kind === "ask") return skipped("the model is asked");
    try {
      const { tokens } = await counted(signal);
      if (tokens.length > 0) return ok(`yes, ${tokens.length} tokens with theirs`);
    } catch (error) {
      // Whatever else is wrong with it, the checks below will see.
      if (role === "large") return ok("refused; the large model needs none");
      const allowed = mostCandidates(String((error as Error).message));
      if (allowed === null) return inWholeReplies(examination, failedWith(error), signal);
      return failed(
        `the server allows ${allowed} candidates, and ${topLogprobs} were asked for`,
        `Set \`topLogprobs: ${allowed}\`, or start the server with --max-logprobs ${topLogprobs}.`,
      );
    }
    return role === "large"
      ? ok("none; the large model needs none")
      : inWholeReplies(
          examination,
          failed(
            "text came without any",
            "Serve the small model where log-probabilities come with the stream, as they do on vLLM, SGLang, and llama.cpp.",
          ),
          signal,
        );
  },
};

/** What a stream does not have, a probe may: where a gateway takes replies apart, for one. */
async function inWholeReplies(
  { glimpsed, path }: Examination,
  otherwise: Finding,
  signal: AbortSignal,
): Promise<Finding> {
  const way = through(path());
  const probed = await glimpsed(signal).catch(() => null);
  if (probed === null || probed.tokens.length === 0) return otherwise;
  return warning(
    `none in a stream${way}; a whole reply of one token has them`,
    "Set `glimpse: \"probe\"`, which asks so. Where a gateway loses them, give the model the server's own address, or a pass-through endpoint of LiteLLM's: both keep them in streams, too (docs/servers/gateways.md).",
  );
}
