import { inject } from "vitest";
import { describePoints } from "../real-servers/describe-points.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useSglangPair } from "./sglang-pair.js";

const { servers, router } = useSglangPair();

describePoints("SGLang", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems: () => inject("reference").problems,
});
