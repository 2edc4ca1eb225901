import { inject } from "vitest";
import { describePoints } from "../real-servers/describe-points.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useVllmPair } from "./vllm-pair.js";

const { servers, router } = useVllmPair();

describePoints("vLLM", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems: () => inject("reference").problems,
});
