import type { BaseMessage } from "@langchain/core/messages";

/** A part of a message's content, in OpenAI's format: text, or an image, a sound, a file. */
export type OpenAIContentPart = Readonly<Record<string, unknown>> & { readonly type: string };

type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** Blocks that say in content what a field of the message says already, or what templates have no place for. */
const NOT_CONTENT: ReadonlySet<string> = new Set([
  "reasoning",
  "reasoning_content",
  "thinking",
  "redacted_thinking",
  "tool_call",
  "tool_call_chunk",
  "invalid_tool_call",
  "tool_use",
  "function_call",
  "input_json_delta",
  "citation",
]);

/** In which field a block has its text. */
const TEXT_FIELDS: Readonly<Record<string, string>> = {
  text: "text",
  text_delta: "text",
  input_text: "text",
  output_text: "text",
  "text-plain": "text",
  refusal: "refusal",
};

/** What a block shows that is no text, in a reader's words. */
const MEDIA: Readonly<Record<string, string>> = {
  image: "an image",
  image_url: "an image",
  input_image: "an image",
  audio: "audio",
  audio_url: "audio",
  input_audio: "audio",
  video: "a video",
  video_url: "a video",
  file: "a file",
  input_file: "a file",
  document: "a file",
  "text-plain": "a file",
};

/**
 * A message's content in OpenAI's format: one string wherever it is text. What another provider's model left
 * in its own message (calls of its server's tools and their results, citations, `non_standard` blocks) means
 * nothing to another server, and is left out; what a caller gave is never left out in silence.
 */
export function toContent({ content, type }: BaseMessage): string | readonly OpenAIContentPart[] {
  if (typeof content === "string") return content;
  const blocks = content
    .map(unwrapped)
    .filter((block) => !NOT_CONTENT.has(block.type))
    .filter((block) => type !== "ai" || textOf(block) !== null || block.type in MEDIA);
  const texts = blocks.map(textOf);
  return texts.every((text) => text !== null) ? texts.join("") : blocks.map(toPart);
}

/** What a content part shows, in a reader's words, `null` for text. */
export function whatItShows({ type }: OpenAIContentPart): string | null {
  if (type === "text") return null;
  return MEDIA[type] ?? `a block of type ${JSON.stringify(type ?? null)}`;
}

/** LangChain wraps a block of which it has no form of its own. */
function unwrapped(block: Block): Block {
  const { value } = block as { value?: Partial<Block> | null };
  return block.type === "non_standard" && typeof value?.type === "string"
    ? (value as Block)
    : block;
}

function textOf(block: Block): string | null {
  const field = TEXT_FIELDS[block.type];
  const text = field === undefined ? undefined : block[field];
  return typeof text === "string" ? text : null;
}

/** LangChain's own blocks become OpenAI's; what is OpenAI's already, or nobody's, stays as it is. */
function toPart(block: Block): OpenAIContentPart {
  const text = textOf(block);
  if (text !== null) return { type: "text", text };
  const { type } = block;
  if (type !== "image" && type !== "audio" && type !== "video") return block;
  const { url, data, mimeType } = sourceOf(block);
  if (type === "audio" && data !== undefined) {
    return { type: "input_audio", input_audio: { data, format: mimeType?.split("/")[1] ?? "wav" } };
  }
  const address = url ?? (data && `data:${mimeType ?? DEFAULT_TYPES[type]};base64,${data}`);
  return address === undefined ? block : { type: `${type}_url`, [`${type}_url`]: { url: address } };
}

const DEFAULT_TYPES = { image: "image/png", audio: "audio/wav", video: "video/mp4" } as const;

/** Where the bytes of an image, a sound or a video are: in fields of the block, or (Anthropic) in its `source`. */
function sourceOf(block: Block) {
  const { source } = block as { source?: unknown };
  const fields = (typeof source === "object" && source !== null ? source : block) as Record<
    string,
    unknown
  >;
  const given = (name: string) => {
    const value = fields[name];
    return typeof value === "string" ? value : undefined;
  };
  const mimeType = given("mimeType") ?? given("mime_type") ?? given("media_type");
  return { url: given("url"), data: given("data"), mimeType };
}
