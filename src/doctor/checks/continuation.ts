import { failed, ok } from "../finding.js";
import type { Check } from "./check.js";

export const continuation: Check = {
  id: "continuation",
  title: "Continuation",
  needs: ["reachable"],
  async run({ role, writer }, signal) {
    const { kind } = (await writer(signal)).writer;
    if (kind !== "ask" || role === "large") return ok(`"${kind}"`);
    return failed(
      "the small model can only be asked, and a thought that is not continued has no glimpse",
      "Use a model whose server continues text and gives log-probabilities (vLLM, SGLang, llama.cpp), or a GGUF file, as small.",
    );
  },
};
