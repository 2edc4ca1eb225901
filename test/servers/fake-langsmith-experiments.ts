import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { type Operation, readBody, readMultipart, readParts } from "./fake-langsmith.js";
import { listen } from "./http/listen.js";

type Fields = Record<string, unknown>;

/** An example as LangSmith keeps it. */
export interface StoredExample extends Fields {
  readonly id: string;
  readonly inputs: Fields;
  readonly outputs?: Fields;
  readonly metadata?: Fields;
}

export interface FakeExperiments {
  readonly url: string;
  /** By name. */
  readonly datasets: ReadonlyMap<
    string,
    { readonly id: string; readonly examples: StoredExample[] }
  >;
  readonly sessions: readonly Fields[];
  readonly runs: readonly Fields[];
  readonly feedback: readonly Fields[];
  /** What the real one would have answered 400 or 404 to. */
  readonly violations: readonly string[];
  addDataset(name: string, examples: readonly Omit<StoredExample, "id">[]): readonly string[];
  close(): Promise<void>;
}

const INFO = {
  version: "0.12.0",
  instance_flags: { gzip_body_enabled: true, dataset_examples_multipart_enabled: true },
  batch_ingest_config: {
    use_multipart_endpoint: true,
    size_limit: 100,
    size_limit_bytes: 20_971_520,
  },
};

/** As the real one writes times. */
const STAMP = "2026-01-01T00:00:00.000000+00:00";

/** A strict stand-in for LangSmith's datasets and experiments, as langsmith 0.12 talks to it. */
export async function startFakeExperiments(): Promise<FakeExperiments> {
  const store = new Store();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    const body = await readBody(request);
    const type = request.headers["content-type"] ?? "";
    const found = await store.answer(
      `${request.method} ${url.pathname}`,
      url.searchParams,
      body,
      type,
    );
    json(response, found === undefined ? 404 : 200, found ?? { detail: "Not Found" });
  });
  const url = await listen(server);
  return {
    url,
    datasets: store.datasets,
    sessions: store.sessions,
    runs: store.runs,
    feedback: store.feedback,
    violations: store.violations,
    addDataset: (name, examples) => store.addDataset(name, examples),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Store {
  readonly datasets = new Map<string, { id: string; examples: StoredExample[] }>();
  readonly sessions: Fields[] = [];
  readonly runs: Fields[] = [];
  readonly feedback: Fields[] = [];
  readonly violations: string[] = [];

  addDataset(name: string, examples: readonly Omit<StoredExample, "id">[]): readonly string[] {
    const stored = examples.map((each) => ({ ...each, id: randomUUID() }) as StoredExample);
    this.datasets.set(name, { id: randomUUID(), examples: stored });
    return stored.map(({ id }) => id);
  }

  async answer(
    sent: string,
    query: URLSearchParams,
    body: Buffer,
    type: string,
  ): Promise<unknown | undefined> {
    const parsed = (): Fields => JSON.parse(body.toString("utf8"));
    if (sent === "GET /info") return INFO;
    if (sent === "GET /datasets") return this.#datasetsNamed(query.get("name"));
    if (sent.startsWith("GET /datasets/")) return this.#all().find(({ id }) => sent.endsWith(id));
    if (sent === "POST /datasets") {
      this.addDataset(String(parsed().name), []);
      return this.#datasetsNamed(String(parsed().name))[0];
    }
    if (sent === "GET /examples") return this.#examples(query);
    if (sent.startsWith("GET /examples/")) {
      return this.#all()
        .flatMap(({ examples }) => examples)
        .find(({ id }) => sent.endsWith(id));
    }
    const upload = /^POST \/v1\/platform\/datasets\/([\w-]+)\/examples$/.exec(sent);
    if (upload !== null) return this.#upload(upload[1] ?? "", body, type);
    if (sent === "POST /sessions") return this.#beginSession(parsed());
    if (sent === "GET /sessions") return [{ id: randomUUID(), tenant_id: "tenant" }];
    if (sent.startsWith("PATCH /sessions/")) {
      const session = this.sessions.find(({ id }) => sent.endsWith(String(id)));
      const told = Object.entries(parsed()).filter(([, value]) => value !== null);
      return session && Object.assign(session, Object.fromEntries(told));
    }
    if (sent === "POST /runs/multipart") {
      for (const operation of await readMultipart(body, type)) this.#take(operation);
      return { message: "Runs batch ingested" };
    }
    this.violations.push(`no such path: ${sent}`);
    return undefined;
  }

  #all() {
    return [...this.datasets].map(([name, dataset]) => ({ name, ...dataset }));
  }

  #datasetsNamed(name: string | null) {
    return this.#all()
      .filter((each) => each.name === name)
      .map(({ id }) => ({ id, name }));
  }

  #examples(query: URLSearchParams): readonly Fields[] {
    const dataset = this.#all().find(({ id }) => id === query.get("dataset"));
    if (dataset === undefined) this.violations.push(`no such dataset: ${query.get("dataset")}`);
    const from = Number(query.get("offset"));
    const created = { dataset_id: dataset?.id, created_at: STAMP, modified_at: STAMP };
    return (dataset?.examples ?? [])
      .slice(from, from + Number(query.get("limit")))
      .map((each) => ({ ...created, ...each }));
  }

  async #upload(datasetId: string, body: Buffer, type: string): Promise<unknown> {
    const dataset = this.#all().find(({ id }) => id === datasetId);
    const found = new Map<string, Fields>();
    for (const [name, value] of await readParts(body, type)) {
      const [id = "", field] = name.split(".");
      found.set(id, {
        ...found.get(id),
        ...(field === undefined ? (value as Fields) : { [field]: value }),
      });
    }
    for (const [id, fields] of found) dataset?.examples.push({ ...fields, id } as StoredExample);
    return { count: found.size, example_ids: [...found.keys()] };
  }

  #beginSession(fields: Fields): Fields {
    if (![...this.#all()].some(({ id }) => id === fields.reference_dataset_id)) {
      this.violations.push(`session ${fields.name} has no dataset`);
    }
    const session = { id: randomUUID(), ...fields };
    this.sessions.push(session);
    return session;
  }

  #take({ method, run }: Operation): void {
    if (method === "feedback") {
      if (!this.sessions.some(({ id }) => id === run.session_id)) {
        this.violations.push(`feedback ${run.key} has no session`);
      }
      this.feedback.push(run);
      return;
    }
    for (const field of [
      "id",
      "trace_id",
      "dotted_order",
      "reference_example_id",
      "session_name",
      "start_time",
      "end_time",
    ]) {
      if (run[field] === undefined) this.violations.push(`run ${run.name} has no ${field}`);
    }
    if (!String(run.dotted_order).match(/^\d{8}T\d{12}Z[\w-]{36}$/)) {
      this.violations.push(`run ${run.name}: dotted_order ${run.dotted_order}`);
    }
    this.runs.push(run);
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
