import { GlimpRouterChatModel, routingOf, type Speculation } from "../../src/index.js";
import type { EmbeddedPair } from "../../src/local/index.js";
import { wordPair } from "./word-models.js";

/** Several times what a problem needs: a thought that does not come to an end shall not hold up the bench. */
const MAX_TOKENS = 400;

/** One problem, answered in one way. */
export interface Answered {
  readonly text: string;
  readonly ms: number;
  /** Tokens that large generated; of small alone, small. */
  readonly tokens: number;
  readonly speculation: Speculation;
}

/** One way of answering, with models of its own. */
export interface Way {
  readonly name: string;
  answer(prompt: string): Promise<Answered>;
  dispose(): Promise<void>;
}

const NOTHING: Speculation = { drafted: 0, accepted: 0 };

export async function loadWays(): Promise<readonly Way[]> {
  return [
    byOne("large", await wordPair(), "large"),
    byOne("large + draft", await wordPair("small"), "large"),
    byOne("large + lookup", await wordPair("lookup"), "large"),
    byRouting("routed", await wordPair()),
    byRouting("routed + draft", await wordPair("small")),
    byOne("small", await wordPair(), "small"),
  ];
}

function byOne(name: string, pair: EmbeddedPair, role: "small" | "large"): Way {
  return {
    name,
    dispose: () => pair.dispose(),
    async answer(prompt) {
      const begin = performance.now();
      const message = await pair[role].invoke(prompt, { maxTokens: MAX_TOKENS });
      const ms = performance.now() - begin;
      const told = message.response_metadata.speculation as Speculation | undefined;
      const tokens = message.usage_metadata?.output_tokens ?? 0;
      return { text: message.text, ms, tokens, speculation: told ?? NOTHING };
    },
  };
}

function byRouting(
  name: string,
  { small, large, threshold, glimpseAt, dispose }: EmbeddedPair,
): Way {
  const router = new GlimpRouterChatModel({
    small,
    large,
    threshold,
    maxThoughtTokens: MAX_TOKENS,
    ...(glimpseAt === undefined ? {} : { glimpseAt }),
  });
  return {
    name,
    dispose,
    async answer(prompt) {
      const begin = performance.now();
      const message = await router.invoke(prompt);
      const ms = performance.now() - begin;
      const { steps = [], answer, usage } = routingOf(message) ?? {};
      const parts = [...steps.flatMap((step) => step.parts), answer ?? null];
      const speculation = parts.reduce(
        (sum, part) => ({
          drafted: sum.drafted + (part?.speculation?.drafted ?? 0),
          accepted: sum.accepted + (part?.speculation?.accepted ?? 0),
        }),
        NOTHING,
      );
      const text = `${message.additional_kwargs.reasoning_content}\n</think>\n\n${message.text}`;
      return { text, ms, tokens: usage?.large.output_tokens ?? 0, speculation };
    },
  };
}
