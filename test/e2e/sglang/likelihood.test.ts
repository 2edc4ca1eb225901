import { inject } from "vitest";
import { describeLikelihood } from "../real-servers/describe-likelihood.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useSglangPair } from "./sglang-pair.js";

const { servers, router } = useSglangPair();

describeLikelihood("SGLang", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems: () => inject("reference").problems,
});
