/** What writes ahead of large: nothing, small as its draft model, or the text's own repetitions. */
export const SPECULATORS = ["none", "draft", "ngram"] as const;
export type Speculator = (typeof SPECULATORS)[number];

/** A server, as far as clients go. */
export interface ServedModel {
  /** For `ChatOpenAI`. */
  readonly baseURL: string;
  readonly name: string;
  stop(): Promise<void>;
}

/** The pair in words on servers of one kind: small, and large once with each speculator. */
export interface SpeculatingServers {
  /** With its release. */
  readonly title: string;
  readonly small: ServedModel;
  readonly large: Readonly<Record<Speculator, ServedModel>>;
  /** Large's servers as they were started, for readers. */
  readonly told: readonly string[];
  stop(): Promise<void>;
}

/** One kind of server that may be set up here. */
export interface SpeculatingKind {
  readonly title: string;
  /** What sets it up. */
  readonly setup: string;
  isSetUp(): boolean;
  /** @throws Error where a server dies while starting, with the end of its log */
  serve(): Promise<SpeculatingServers>;
}

/** Starts small and the three of large; where one fails, none stays behind. */
export async function startAll(
  start: (model: "small" | "large", speculator: Speculator) => Promise<ServedModel>,
): Promise<Pick<SpeculatingServers, "small" | "large" | "stop">> {
  const started = await Promise.allSettled([
    start("small", "none"),
    ...SPECULATORS.map((speculator) => start("large", speculator)),
  ]);
  const servers = started.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : [],
  );
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const [small, none, draft, ngram] = servers;
  if (small === undefined || none === undefined || draft === undefined || ngram === undefined) {
    await stop();
    throw started.find((result) => result.status === "rejected")?.reason;
  }
  return { small, large: { none, draft, ngram }, stop };
}
