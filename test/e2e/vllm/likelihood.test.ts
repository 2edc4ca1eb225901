import { inject } from "vitest";
import { describeLikelihood } from "../real-servers/describe-likelihood.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useVllmPair } from "./vllm-pair.js";

const { servers, router } = useVllmPair();

describeLikelihood("vLLM", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems: () => inject("reference").problems,
});
