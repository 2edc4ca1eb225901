import { type Html, html, trusted } from "../page/html.js";
import { pagePolicy } from "../page/policy.js";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page/page-files.js";

/** Of a report; one that comes out larger says so. */
export const MOST_BYTES = 5_000_000;

interface PageParts {
  readonly title: string;
  readonly models: Html;
  /** Which run, and of when. */
  readonly run: string;
  readonly links: readonly { readonly id: string; readonly title: string }[];
  readonly body: readonly Html[];
}

/**
 * One file, which asks nobody for anything: its policy forbids every request, every script but its own, and every
 * style but its own.
 */
export async function assemblePage({ title, models, run, links, body }: PageParts) {
  const policy = await pagePolicy({ style: PAGE_STYLE, script: PAGE_SCRIPT });
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<header>
<p class="models">${models}</p>
<p class="run"><bdi>${run}</bdi></p>
<nav aria-label="Parts of this page">${links.map((link) => html`<a href="#${link.id}">${link.title}</a>`)}</nav>
</header>
<main>
${body}</main>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return { html: page.text, bytes: new TextEncoder().encode(page.text).length };
}
