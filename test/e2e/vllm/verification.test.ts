import { inject } from "vitest";
import { describeAsides } from "../real-servers/describe-asides.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useVllmPair } from "./vllm-pair.js";

const { servers, router } = useVllmPair();

describeAsides("vLLM", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems: () => inject("reference").problems,
  scores: true,
});
