import { failed, failedWith, ok, skipped } from "../finding.js";
import type { Check } from "./check.js";

/** vLLM's refusal: "Requested sample logprobs of 20, which is greater than max allowed: 5". */
const FEWER_ALLOWED = /max allowed: (\d{1,12})/;

export const logProbs: Check = {
  id: "log-probs",
  title: "Log-probs in the stream",
  needs: ["think-tag"],
  async run({ counted, role, topLogprobs, writer }, signal) {
    if ((await writer(signal)).writer.kind === "ask") return skipped("the model is asked");
    try {
      const { tokens } = await counted(signal);
      if (tokens.length > 0) return ok(`yes, ${tokens.length} tokens with theirs`);
    } catch (error) {
      // Whatever else is wrong with it, the checks below will see.
      if (role === "large") return ok("refused; the large model needs none");
      const allowed = FEWER_ALLOWED.exec(String((error as Error).message))?.[1];
      if (allowed === undefined) return failedWith(error);
      return failed(
        `the server allows ${allowed} candidates, and ${topLogprobs} were asked for`,
        `Set \`topLogprobs: ${allowed}\`, or start the server with --max-logprobs ${topLogprobs}.`,
      );
    }
    return role === "large"
      ? ok("none; the large model needs none")
      : failed(
          "text came without any",
          "Serve the small model where log-probabilities come with the stream, as they do on vLLM, SGLang, and llama.cpp.",
        );
  },
};
