/** C0 but tab and line break, DEL and C1, and the controls that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Anybody's text as it can be shown: what a terminal obeys, or what makes text run backwards, stands there
 * as `\u001b` and the like.
 */
export function withoutControls(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
