import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { listen } from "./http/listen.js";

/** A run as LangSmith keeps it. Its fields arrive in pieces: a post when it starts, a patch when it ends. */
export interface TracedRun {
  readonly id: string;
  readonly name: string;
  readonly run_type: string;
  readonly trace_id: string;
  readonly dotted_order: string;
  readonly parent_run_id?: string;
  readonly start_time: string | number;
  readonly end_time?: string | number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly tags?: readonly string[];
  readonly extra: { readonly metadata?: Readonly<Record<string, unknown>> };
}

/** A run with the runs below it, in the order in which they started. */
export interface TraceTree extends TracedRun {
  readonly children: readonly TraceTree[];
}

export interface FakeLangSmith {
  readonly url: string;
  /** The finished tree of each trace. */
  trees(): readonly TraceTree[];
  /** All that was posted, decoded: to look for what must not be in it. */
  readonly bodies: readonly string[];
  /** Paths of the requests, in order. */
  readonly paths: readonly string[];
  /** What the real one would have answered 400 or 404 to. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}

/** How runs are sent: all clients can do the first two; LangSmith's own servers take gzip. */
export type Ingestion = "multipart" | "gzip" | "batch";

/** Starts a strict stand-in for LangSmith's ingestion, as langsmith 0.12 talks to it. */
export async function startFakeLangSmith(ingestion: Ingestion): Promise<FakeLangSmith> {
  const runs = new Map<string, Record<string, unknown>>();
  const bodies: string[] = [];
  const paths: string[] = [];
  const violations: string[] = [];
  const take = (method: string, run: Record<string, unknown>) => {
    const problem = method === "post" ? checkPost(run, runs) : checkPatch(run, runs);
    if (problem !== null) violations.push(problem);
    runs.set(String(run.id), { ...runs.get(String(run.id)), ...run });
  };
  const server = createServer(async (request, response) => {
    paths.push(request.url ?? "");
    const body = await readBody(request);
    bodies.push(body.toString("utf8"));
    const sent = `${request.method} ${request.url}`;
    if (sent === "GET /info") return json(response, 200, infoOf(ingestion));
    const operations = await readOperations(sent, body, request.headers["content-type"] ?? "");
    if (operations === null) {
      violations.push(`no such path: ${sent}`);
      return json(response, 404, { detail: "Not Found" });
    }
    for (const { method, run } of operations) take(method, run);
    json(response, 202, { message: "Runs batch ingested" });
  });
  const url = await listen(server);
  return {
    url,
    trees: () => treesOf([...runs.values()] as unknown as TracedRun[]),
    bodies,
    paths,
    violations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function infoOf(ingestion: Ingestion): unknown {
  return {
    version: "0.12.0",
    instance_flags: { gzip_body_enabled: ingestion === "gzip" },
    batch_ingest_config: {
      use_multipart_endpoint: ingestion !== "batch",
      size_limit: 100,
      size_limit_bytes: 20_971_520,
      scale_up_qsize_trigger: 1000,
      scale_up_nthreads_limit: 16,
      scale_down_nempty_trigger: 4,
    },
  };
}

function checkPost(
  run: Record<string, unknown>,
  runs: ReadonlyMap<string, unknown>,
): string | null {
  const { id, name, parent_run_id, dotted_order } = run;
  for (const field of ["id", "name", "run_type", "trace_id", "dotted_order", "start_time"]) {
    if (run[field] === undefined) return `run ${name ?? id} was posted without ${field}`;
  }
  if (runs.has(String(id))) return `run ${name} was posted twice`;
  if (parent_run_id === undefined) return null;
  if (!runs.has(String(parent_run_id))) return `run ${name} has a parent that was never posted`;
  return String(dotted_order).includes(String(parent_run_id))
    ? null
    : `run ${name}: dotted_order does not name its parent`;
}

function checkPatch(
  run: Record<string, unknown>,
  runs: ReadonlyMap<string, Record<string, unknown>>,
): string | null {
  const posted = runs.get(String(run.id));
  if (posted === undefined) return `run ${run.id} was patched, but never posted`;
  return posted.end_time === undefined ? null : `run ${posted.name} ended twice`;
}

/** A run that starts (`post`), or ends (`patch`). */
export interface Operation {
  readonly method: string;
  readonly run: Record<string, unknown>;
}

/** What a request says about runs, `null` where there is no such path. */
async function readOperations(
  sent: string,
  body: Buffer,
  contentType: string,
): Promise<readonly Operation[] | null> {
  if (sent === "POST /runs/multipart") return readMultipart(body, contentType);
  if (sent !== "POST /runs/batch") return null;
  const { post = [], patch = [] } = JSON.parse(body.toString("utf8"));
  const of = (method: string) => (run: Record<string, unknown>) => ({ method, run });
  return [...post.map(of("post")), ...patch.map(of("patch"))];
}

/** Parts are named `post.ID`, with their large fields in parts of their own: `post.ID.inputs`. */
export async function readMultipart(
  body: Buffer,
  contentType: string,
): Promise<readonly Operation[]> {
  const found = new Map<string, Operation>();
  for (const [name, value] of await readParts(body, contentType)) {
    const [method = "", id = "", field] = name.split(".");
    const key = `${method}.${id}`;
    const known = found.get(key) ?? { method, run: {} };
    Object.assign(known.run, field === undefined ? value : { [field]: value });
    found.set(key, known);
  }
  return [...found.values()];
}

/** The parts of a form, each of them JSON. */
export async function readParts(
  body: Buffer,
  contentType: string,
): Promise<readonly (readonly [name: string, value: unknown])[]> {
  const form = await new Response(new Uint8Array(body), {
    headers: { "content-type": contentType },
  }).formData();
  const parts: [name: string, part: FormDataEntryValue][] = [];
  form.forEach((part, name) => {
    parts.push([name, part]);
  });
  return Promise.all(
    parts.map(async ([name, part]) => {
      const text = typeof part === "string" ? part : await part.text();
      return [name, JSON.parse(text) as unknown] as const;
    }),
  );
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const whole = Buffer.concat(parts);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function treesOf(runs: readonly TracedRun[]): readonly TraceTree[] {
  const inOrder = [...runs].sort((a, b) => (a.dotted_order < b.dotted_order ? -1 : 1));
  const below = (parent: string | undefined): readonly TraceTree[] =>
    inOrder
      .filter((run) => (run.parent_run_id ?? undefined) === parent)
      .map((run) => ({ ...run, children: below(run.id) }));
  return below(undefined);
}
