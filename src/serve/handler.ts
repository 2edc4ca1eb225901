import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { ApiError, toApiError } from "./api-error.js";
import { checkOptions } from "./check-options.js";
import { checkKey } from "./gate/check-key.js";
import { checkSource } from "./gate/check-source.js";
import { LISTED } from "./models/model-names.js";
import { ServedModels } from "./models/served-models.js";
import { readRequest } from "./request/read-request.js";
import { type HandlerOptions, resolveServed, type Served } from "./serve-options.js";
import { ServedPage } from "./served-page.js";
import { ServedReplies } from "./served-replies.js";

/**
 * Serves a router by OpenAI's protocol: `POST /v1/chat/completions`, `GET /v1/models`, `GET /health`, and a page at `/` where it is
 * wanted. Wherever there is `fetch`: Node (behind `@hono/node-server`, as `glimprouter serve` does), Deno, Bun, workerd.
 *
 * @example
 * ```ts
 * const handler = createHandler({ small, large, apiKey });
 * Deno.serve({ port: 8787 }, handler);
 * ```
 * @throws GlimpRouterError `invalid_option`, for options of the router, too
 */
export function createHandler(options: HandlerOptions): (request: Request) => Promise<Response> {
  checkOptions(options);
  const served = resolveServed(options);
  const app = appOf(served);
  return async (request) => app.fetch(request, { from: request });
}

/** The request as it came: what limits its body may put another one in its place. */
type Came = { readonly Bindings: { readonly from: Request } };

function appOf(served: Served): Hono<Came> {
  const models = new ServedModels(served);
  const replies = new ServedReplies(served, models);
  const madeAt = Math.floor(Date.now() / 1000);
  const describe = (id: string) => ({
    id,
    object: "model",
    created: madeAt,
    owned_by: "langchain-glimprouter",
  });
  const app = new Hono<Came>();
  app.onError((error) => toApiError(error).toResponse());
  app.notFound(() => nothingHere().toResponse());
  app.use(async ({ req }, next) => {
    checkSource(req.raw, served);
    await next();
  });
  if (served.cors !== undefined) app.use(cors({ origin: served.cors, maxAge: 600 }));
  if (served.questions !== null) {
    const page = new ServedPage(served);
    app.get("/", () => page.answer());
  }
  app.get("/health", ({ json }) => json({ status: "ok" }));
  app.use("/v1/*", async ({ req }, next) => {
    await checkKey(req.raw, served.apiKey);
    await next();
  });
  app.get("/v1/models", ({ json }) => json({ object: "list", data: LISTED.map(describe) }));
  app.get("/v1/models/:id{.+}", ({ req, json }) => {
    const id = req.param("id");
    models.requireName(id);
    return json(describe(id));
  });
  app.post("/v1/chat/completions", requireJson, limitBody(served), async ({ req, env }) => {
    const body = await jsonOf(req.raw);
    return replies.answer(readRequest(body), env.from);
  });
  return app;
}

/** What a form of a web page can send is refused. */
const requireJson: Parameters<Hono["use"]>[1] = async ({ req }, next) => {
  const [type = ""] = (req.header("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new ApiError(415, "Send JSON, with `Content-Type: application/json`.");
  }
  await next();
};

function limitBody({ limits: { bodyBytes } }: Served): ReturnType<typeof bodyLimit> {
  return bodyLimit({
    maxSize: bodyBytes,
    onError: () =>
      new ApiError(413, `The body is larger than ${bodyBytes} bytes.`, {
        code: "request_too_large",
      }).toResponse(),
  });
}

async function jsonOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new ApiError(400, "The body is no JSON.", { code: "invalid_json" });
  }
}

function nothingHere(): ApiError {
  return new ApiError(
    404,
    "There is nothing here. There are POST /v1/chat/completions, GET /v1/models and GET /health.",
    { code: "unknown_url" },
  );
}
