/**
 * GlimpRouter for agents of `langchain`: a middleware that puts the router in the place of an agent's model.
 *
 * @module
 */
export { type GlimpRouterMiddlewareOptions, glimpRouterMiddleware } from "./router-middleware.js";
