import { inject } from "vitest";
import { describeAsides } from "../real-servers/describe-asides.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useSglangPair } from "./sglang-pair.js";

const { servers, router } = useSglangPair();

describeAsides("SGLang", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems: () => inject("reference").problems,
  scores: true,
});
