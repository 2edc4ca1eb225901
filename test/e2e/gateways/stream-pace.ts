export interface StreamPace {
  /** Milliseconds until the first bytes of the body. */
  readonly first: number;
  /** Milliseconds until its end. */
  readonly whole: number;
}

interface Address {
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey?: string;
}

/** Reads a text of 450 tokens: how its bytes come, whatever they say. */
export async function streamPace({
  baseURL,
  model,
  apiKey = "none",
}: Address): Promise<StreamPace> {
  const start = performance.now();
  const reply = await fetch(`${baseURL}/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      // As every client asks by itself.
      "accept-encoding": "gzip, deflate",
      authorization: `Bearer ${apiKey}`,
    },
    body: JSON.stringify({
      ...{ model, prompt: "1", max_tokens: 450, stream: true, temperature: 0 },
      ignore_eos: true,
    }),
  });
  if (!reply.ok || reply.body === null) throw new Error(`${reply.status}: ${await reply.text()}`);
  const reader = reply.body.getReader();
  const { done } = await reader.read();
  const first = done ? Number.NaN : performance.now() - start;
  while (!(await reader.read()).done);
  return { first, whole: performance.now() - start };
}
