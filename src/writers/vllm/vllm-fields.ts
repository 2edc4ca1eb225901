import type { ModelParams } from "../connection/model-params.js";

/**
 * Fields of a generation request that vLLM knows and OpenAI does not, for text and chat alike.
 *
 * Special tokens and the stop string in the text are never asked for together: then vLLM writes EOS out, too. A
 * closing tag that never shows is worse than a text that lags behind its tokens by the length of a stop string;
 * `stop_reason` tells a stop from EOS in either case.
 *
 * @param how.keepStop - the stop string is wanted in the text: it then comes without delay
 * @param how.showTags - the thought may end here: a closing tag that is a special token must show as text
 * @param how.sampling - the user's own fields, which may ask for special tokens, too
 */
export function vllmFields(how: {
  readonly keepStop: boolean;
  readonly showTags: boolean;
  readonly sampling?: ModelParams["sampling"];
}): Readonly<Record<string, unknown>> {
  const showsSpecial = how.showTags || how.sampling?.skip_special_tokens === false;
  return {
    ...(how.showTags ? { skip_special_tokens: false } : {}),
    ...(how.keepStop && !showsSpecial ? { include_stop_str_in_output: true } : {}),
    // Running totals: an aborted stream gives no others.
    stream_options: { include_usage: true, continuous_usage_stats: true },
  };
}
