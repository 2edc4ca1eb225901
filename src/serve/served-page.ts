import { nameOf } from "../langchain/reply/seen-pair.js";
import { html, jsonForScript, trusted } from "../page/html.js";
import { pagePolicy } from "../page/policy.js";
import { VERSION } from "../version.js";
import { knobOf } from "./models/knob-of.js";
import { PAGE_DATA_ID, type PageData } from "./page/page-data.js";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page/page-files.js";
import type { Served } from "./serve-options.js";

/** Who reads the page, whatever he has typed into it, is asked nothing by anybody but this server. */
const MORE = [
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** The page at `/`: a question, and the thought as it is written. It holds no secret: it answers without the key. */
export class ServedPage {
  readonly #served: Served;
  #made: Promise<{ readonly text: string; readonly policy: string }> | null = null;

  constructor(served: Served) {
    this.#served = served;
  }

  async answer(): Promise<Response> {
    this.#made ??= pageOf(this.#served);
    const { text, policy } = await this.#made;
    return new Response(text, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    });
  }
}

async function pageOf(served: Served): Promise<{ readonly text: string; readonly policy: string }> {
  const policy = await pagePolicy({ style: PAGE_STYLE, script: PAGE_SCRIPT }, MORE);
  const data: PageData = {
    questions: served.questions ?? [],
    knob: knobOf(served),
    needsKey: served.apiKey !== undefined,
  };
  return { text: markupOf(served, data), policy };
}

/** Small below, large above. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect y='3' width='16' height='4' rx='2' fill='%230b8a7c'/%3E%3Crect x='6' y='9' width='10' height='4' rx='2' fill='%23d98a1f'/%3E%3C/svg%3E";

function markupOf({ router, apiKey }: Served, data: PageData): string {
  const [question = ""] = data.questions;
  // Whose key is missing need not know what is behind the door.
  const names = apiKey === undefined ? [nameOf(router.small), nameOf(router.large)] : [];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>glimprouter</title>
<link rel="icon" href="${ICON}">
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<header>
<p class="models"><bdi>${names[0] ?? "small"}</bdi> with <bdi>${names[1] ?? "large"}</bdi></p>
<p class="clients">glimprouter ${VERSION}, for clients <code id="base-url">/v1</code></p>
</header>
<main>
<div id="intro">
<h1>Watch a thought change hands</h1>
<p class="lead">A <span class="part small">small model</span> thinks, and shows its doubt as it goes. Where the doubt passes the threshold, a <span class="part large">large model</span> takes over.</p>
</div>
<form id="ask" aria-label="Ask">
<div class="field">
<label for="question">Question</label>
<textarea id="question" rows="5" aria-describedby="question-hint">${question}</textarea>
<p id="question-hint" class="quiet hint">Enter asks, Shift+Enter begins a line.</p>
</div>
<div id="key-field" class="field" hidden>
<label for="key">API key of this server</label>
<input id="key" type="password" autocomplete="off" spellcheck="false" aria-describedby="key-hint">
<p id="key-hint" class="quiet">It stays in this page's memory.</p>
</div>
<div class="actions">
<button id="send" type="submit" class="primary">Ask</button>
<button id="another" type="button" class="pill"${data.questions.length < 2 ? trusted(" hidden") : null}>Another example</button>
</div>
<div id="knob" class="knob"></div>
</form>
<section id="reply-place" aria-label="Reply">
<noscript><p>This page needs JavaScript.</p></noscript>
<div id="empty">
<h2>Thought</h2>
<p class="quiet">It is written here, step by step. How it reads:</p>
<ol id="sample" class="steps" aria-label="How a thought reads"></ol>
</div>
<div id="reply" hidden>
<div class="title"><h2>Thought</h2><p id="status" class="quiet" role="status"></p></div>
<div id="ribbon"></div>
<dl id="figures" class="figures"></dl>
<ol id="thought" class="steps" aria-label="Steps of the thought"></ol>
<p id="failure" class="failed" role="alert"></p>
<div id="answered"><h2 id="answer-title">Answer</h2><div id="answer" class="text" dir="auto" aria-labelledby="answer-title"></div></div>
</div>
</section>
<section id="earlier" hidden aria-label="Replies of this visit"><h2>So far</h2></section>
</main>
<script type="application/json" id="${PAGE_DATA_ID}">${jsonForScript(data)}</script>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`.text;
}
