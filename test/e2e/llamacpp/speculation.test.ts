import { speculatingLlamaServers } from "../../../scripts/llamacpp/serve-speculating.js";
import { describeSpeculation } from "../real-servers/describe-speculation.js";

describeSpeculation(speculatingLlamaServers);
