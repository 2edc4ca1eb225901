import { describeAsides } from "../real-servers/describe-asides.js";
import { chatOpenAI, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";

const { servers, router } = useLlamaPair();

describeAsides("llama-server", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems,
  scores: false,
});
