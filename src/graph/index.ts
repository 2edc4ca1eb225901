/**
 * GlimpRouter as a LangGraph graph: a thought that is checkpointed at every step.
 *
 * @module
 */
export type { RoutingRecord } from "../router/route-trace.js";
export type { ThoughtState } from "../router/thought-state.js";
export { editThought, rerouteStep } from "./change-thought.js";
export {
  type GlimpRouterGraphNode,
  type GlimpRouterGraphOptions,
  glimpRouterGraph,
} from "./router-graph.js";
