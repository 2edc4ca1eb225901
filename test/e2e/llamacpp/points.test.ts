import { describePoints } from "../real-servers/describe-points.js";
import { chatOpenAI, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";

const { servers, router } = useLlamaPair();

describePoints("llama-server", {
  router,
  smallAlone: () => ({ small: chatOpenAI(servers().small), large: chatOpenAI(servers().small) }),
  problems,
});
