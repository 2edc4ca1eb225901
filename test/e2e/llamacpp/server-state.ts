/** Is the server's one slot writing? */
export async function isWriting({ rootURL }: { readonly rootURL: string }): Promise<boolean> {
  const slots = (await (await fetch(`${rootURL}/slots`)).json()) as { is_processing: boolean }[];
  return slots.some(({ is_processing }) => is_processing);
}

/** Tokens that the server has generated, also those that nobody read, and prompt tokens that it computed. */
export async function readCounters({ rootURL }: { readonly rootURL: string }): Promise<{
  readonly generated: number;
  readonly computedOfPrompts: number;
}> {
  const text = await (await fetch(`${rootURL}/metrics`)).text();
  const read = (name: string): number => {
    const line = text.split("\n").find((each) => each.startsWith(`llamacpp:${name} `));
    if (line === undefined) throw new Error(`${rootURL}/metrics has no ${name}.`);
    return Number(line.slice(line.lastIndexOf(" ") + 1));
  };
  return {
    generated: read("tokens_predicted_total"),
    computedOfPrompts: read("prompt_tokens_total"),
  };
}

/** What a finished text completion cost, as the server tells it in its last chunk. */
export interface ServedCompletion {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
}

/** The real `fetch`, which notes what each text completion cost that was read to its end. */
export function costFetch(): {
  readonly fetch: typeof globalThis.fetch;
  readonly served: readonly ServedCompletion[];
} {
  const served: ServedCompletion[] = [];
  return {
    served,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).endsWith("/v1/completions") || response.body === null) return response;
      const asked = JSON.parse(String(init?.body)) as { prompt: string; max_tokens: number };
      const decoder = new TextDecoder();
      let text = "";
      const noting = new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, controller) => {
          text += decoder.decode(bytes, { stream: true });
          controller.enqueue(bytes);
        },
        flush: () => {
          const cost = costOf(asked, text);
          if (cost !== null) served.push(cost);
        },
      });
      return new Response(response.body.pipeThrough(noting), response);
    },
  };
}

function costOf(
  { prompt, max_tokens: maxTokens }: { readonly prompt: string; readonly max_tokens: number },
  stream: string,
): ServedCompletion | null {
  const usage = stream.match(/"usage":(\{.*?\}\})/)?.[1];
  if (usage === undefined) return null;
  const { prompt_tokens, prompt_tokens_details } = JSON.parse(usage) as {
    prompt_tokens: number;
    prompt_tokens_details: { cached_tokens: number };
  };
  return {
    prompt,
    maxTokens,
    promptTokens: prompt_tokens,
    cachedTokens: prompt_tokens_details.cached_tokens,
  };
}
