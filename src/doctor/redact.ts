import type { Finding } from "./report.js";

/** Headers that carry secrets. */
const SECRET_HEADER = /auth|key|token|secret|cookie|password/i;

/** What people write where a server takes any key. */
const PLACEHOLDER = /^(bearer|none|null|empty|dummy|any|not-needed|no-key)$/i;

const REDACTED = "[secret]";

/**
 * Every secret that a model carries: its key, its secret headers, the credentials and the query of its
 * address. None is printed, whoever quotes it.
 */
export function secretsOf(model: unknown): readonly string[] {
  const { apiKey, client, clientConfig, completions } = (model ?? {}) as Carrier;
  const config = { ...completions?.clientConfig, ...clientConfig };
  const { baseURL } = client ?? completions?.client ?? config;
  const found = [
    apiKey,
    completions?.apiKey,
    config.apiKey,
    client?.apiKey ?? completions?.client?.apiKey,
    ...headerSecrets(config.defaultHeaders),
    ...addressSecrets(baseURL ?? config.baseURL),
  ];
  const texts = found.filter((value): value is string => typeof value === "string");
  return [...new Set(texts)].filter((text) => text.length > 2 && !PLACEHOLDER.test(text));
}

/** A finding without the secrets, whoever quoted them. */
export function withoutSecrets(finding: Finding, secrets: readonly string[]): Finding {
  const { status, seen, remedy } = finding;
  return {
    status,
    seen: redact(seen, secrets),
    remedy: remedy === null ? null : redact(remedy, secrets),
  };
}

function redact(text: string, secrets: readonly string[]): string {
  // The longest first: one may hold another.
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
}

interface ClientConfig {
  readonly apiKey?: unknown;
  readonly baseURL?: unknown;
  readonly defaultHeaders?: unknown;
}

/** Where a `ChatOpenAI` keeps what it carries. */
interface Carrier {
  readonly apiKey?: unknown;
  readonly client?: ClientConfig | undefined;
  readonly clientConfig?: ClientConfig | undefined;
  readonly completions?: Omit<Carrier, "completions"> | undefined;
}

function headerSecrets(headers: unknown): readonly string[] {
  if (typeof headers !== "object" || headers === null) return [];
  const entries: [name: string, value: unknown][] = [];
  if (headers instanceof Headers) {
    headers.forEach((value, name) => {
      entries.push([name, value]);
    });
  } else entries.push(...Object.entries(headers));
  return entries
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => (typeof value === "string" ? [value, ...value.split(/\s+/)] : []));
}

function addressSecrets(address: unknown): readonly string[] {
  if (typeof address !== "string") return [];
  try {
    const { username, password, searchParams } = new URL(address);
    const written = [username, password, ...searchParams.values()];
    return written.flatMap((text) => [text, decoded(text)]);
  } catch {
    return [];
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
