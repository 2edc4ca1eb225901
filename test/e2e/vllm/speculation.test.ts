import { speculatingVllmServers } from "../../../scripts/vllm/serve-speculating.js";
import { describeSpeculation } from "../real-servers/describe-speculation.js";

describeSpeculation(speculatingVllmServers);
