/**
 * What a page may do: its own style and its own script, nothing else. Each is named by its hash, so that no other one runs,
 * however it came into the page.
 */
export async function pagePolicy(
  { style, script }: { readonly style: string; readonly script: string },
  more: readonly string[] = [],
): Promise<string> {
  return [
    "default-src 'none'",
    `style-src '${await hashOf(style)}'`,
    `script-src '${await hashOf(script)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ].join("; ");
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
