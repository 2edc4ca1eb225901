/**
 * Fields of a generation request that vLLM knows and OpenAI does not, for text and chat alike.
 *
 * @param how.keepStop - the stop string is wanted in the text: it then comes without delay, and is told from EOS
 * @param how.showTags - the thought may end here: a closing tag that is a special token must show as text
 */
export function vllmFields(how: {
  readonly keepStop: boolean;
  readonly showTags: boolean;
}): Readonly<Record<string, unknown>> {
  return {
    // EOS shows no text all the same.
    ...(how.showTags ? { skip_special_tokens: false } : {}),
    ...(how.keepStop ? { include_stop_str_in_output: true } : {}),
    // Running totals: an aborted stream gives no others.
    stream_options: { include_usage: true, continuous_usage_stats: true },
  };
}
