import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { requireEmbeddedQuestion } from "../../src/cli/embedded-questions.js";
import { UsageError } from "../../src/cli/usage-error.js";
import { quote, showable } from "../../src/writers/connection/server-words.js";

/**
 * F15: no regex of ours stops the event loop, whatever a server, a model, a URL or a name holds. Each stands here
 * with the pieces that, repeated, are its worst input: a beginning of a match that fails late, at every position.
 * A regex that is new must be listed, or this fails.
 */
const WORST: Readonly<Record<string, readonly string[]>> = {
  "/^(uvicorn|hypercorn|gunicorn|granian|llama\\.cpp|werkzeug)/i": [
    "uvicor",
    "llama.cp",
    "gunicorm",
  ],
  "/(?<![\\d.,])\\d(?!\\d|[.,]\\d)/": ["1", "1.", ",1"],
  "/(exceeds|longer than) the context length/i": ["exceeds the context ", "longer than "],
  "/[:-]cloud$/i": [":cloud", "-clou"],
  "/^0+[a-z]*$/": ["0", "0a"],
  "/^v?(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})/": ["1", "1.", "v1.1."],
  "/(prompt|input) is too long/i": ["prompt is too ", "promptinput"],
  "/(?![\\t\\n\\r])[\\p{Cc}\\p{Bidi_Control}]/gu": ["\t\n\r", "\u0000", "\u202e"],
  '/(?<=[.)"`]) (?=(?:As small,|Check|Give|Is|Look|Run|Serve|Set|Start|Switch|Update|Use) )/': [
    ". ",
    ". Check",
    '" Switch',
  ],
  "/(\\s)/": [" ", "a "],
  "/[)\"']|$/": ["a", "("],
  "/[/?#)\"']|$/": ["a", "("],
  "/[\\s;,]+/": [" ", ";,", "a "],
  "/\\d+/g": ["1", "1a"],
  "/:\\d+$/": [":1", ":", "1"],
  "/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/g": [
    "\u0000",
    "\u202e",
  ],
  "/\\.gguf$/i": [".gguf", ".ggu"],
  "/\\ufffd|\\\\ufffd/i": ["\\ufff", "\\", "a"],
  "/\\/{1,9}$/": ["/", "/a"],
  "/^(?<host>[\\w.-]+(?::\\d+)?|\\[[\\da-f:]+\\](?::\\d+)?)(?<path>\\/[^#]*)?(?:#(?<name>.+))?$/i":
    ["a.", "[::", "a:1", "a/", "a#"],
  "/^\\s*[{[]/": [" ", "\n"],
  "/^[!-~](?:[ -~]{0,510}[!-~])?$/": ["a", "a ", "!"],
  "/^[\\w!#$%&'*+.^`|~-]+$/": ["a", "-"],
  "/\\S/": [" ", "\n"],
  "/\\bprompt\\b[\\s\\S]{0,300}?required|\\brequired\\b.{0,60}\\bprompt\\b|missing field [`'\"]?prompt/i":
    ["prompt ", "prompt require", "required ", "required promp", "prompt\n", "missing field '"],
  "/logprobs.{0,80}?(?:max allowed: |at most )(\\d{1,3})/i": ["logprobs", "logprobs max allowed: "],
  "/logprobs.{0,80}?\\b(bool|type)\\b/i": ["logprobs", "logprobs boo"],
  "/quota|billing|credit/i": ["quot", "billin"],
  "/try again in|retry after/i": ["try again ", "retry "],
  "/^[45]\\d\\d$/": ["4", "40"],
  "/^\\d$/": ["1", "1 "],
  "/^\\s*<think>(?<thought>.*?)<\\/think>\\s*/s": ["<think>", " ", "</think", "\n"],
  "/^127(?:\\.\\d{1,3}){3}$/": ["127", ".1", "127.0"],
  "/[-−]?\\p{Nd}+(?:[.,\\u00a0\\u202f]\\p{Nd}+)*/gu": ["1", "1.", "-", "-1,1"],
  "/[.,\\u00a0\\u202f]/g": ["1", ".,"],
  "/%([0-9A-F]{2})/g": ["%", "%A"],
  "/[%:,()|@]/g": ["%", "a:"],
  "/[&<>\"']/g": ["&", "a<"],
  "/[<\\u2028\\u2029]/g": ["<", "\u2028"],
  "/\\.0$/": [".0", "."],
  "/^0/": ["0"],
  "/currentColor/gi": ["currentColo", "current"],
  "/var\\((--[a-z]+)\\)/g": ["var(", "var(--a", "--a"],
  "/[+\\-−±]/": ["a-"],
  "/\\p{Nd}/u": ["a1"],
  "/^(?:[-+•(]|\\(?\\d{1,3}[.)]?)$/": ["-", "(1", "123"],
  "/^(?:[.,'’_/\\u00a0\\u2009\\u202f]|\\{,?\\}?|\\\\[,!]?|\\}\\{?[-−]?)?$/u": [",", "{,}", "}{-"],
  "/^(?:[\\s*_`#>|~]|[-+•]\\s|-{2,}|\\(?\\d{1,3}[.)]\\s)*/": ["--", "- ", "-", "1. ", "(1) ", "**"],
  "/^(?:[\\s\\p{Sc}*+\\-−±{]|\\\\[$ ,;!]|\\\\boxed\\{|\\\\[dt]?frac\\{)*/u": [
    "$-",
    "\\boxed{",
    "\\frac{",
    "\\",
  ],
  "/^(\\w+)\\((.*)\\)$/s": ["a(", "a()", "a("],
  "/^[.,]?\\p{Nd}+(?:(?:[.,'’_/\\u00a0\\u2009\\u202f]|\\{,\\}|\\\\[,!]|\\}\\{[-−]?)\\p{Nd}+)*/u": [
    "1,",
    "1",
    "1{,}",
    "1}{-",
  ],
  "/^[\\p{L}\\p{N}]$/u": ["a", "1"],
  "/^[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}]$/u": ["等"],
  "/\\s+/g": [" ", "a ", "a\n"],
  "/\\w/": [" ", "-"],
  "/^ +/": [" ", " a"],
  "/^$|\\ufffd/": ["\n", "a"],
  "/^(0|[1-9]\\d*)$/": ["0", "1", "12a"],
  "/^(AbortError|TimeoutError)$/": ["AbortError", "TimeoutError"],
  "/^(accept(-.*)?|cache-control|connection|content-.*|date|host|http-referer|openai-beta|origin|pragma|referer|user-agent|x-stainless-.*|x-title)$/i":
    ["accept-", "content-", "x-stainless-"],
  "/^(any|basic|bearer|dummy|empty|fake|false|key|llama|llama\\.?cpp|lm-studio|local|localhost|missing key|no-key|none|not-needed|null|ollama|sglang|sk-no-key-required|test|token|true|undefined|unused|vllm)$/i":
    ["llama.cpp", "none"],
  "/^(hf|huggingface|https?):/": ["huggingface", "https"],
  "/^<[^<>]+>$/": ["<", "<a", "a"],
  "/^\\n+/": ["\n", "\n1"],
  "/^\\d{3} /": ["1", "123", "123 "],
  "/^file not found$/i": ["file not found"],
  "/^https?:/": ["https"],
  "/api_?key$/i": ["api_key", "api_"],
  "/api_?key|token$|secret|password|authorization|headers|credential|salt$/i": ["api_ke", "token"],
  "/key$|token$|secret|password|credential|salt$|auth(orization)?$/i": ["key", "auth", "authoriza"],
  "/^https?:\\/\\//i": ["http", "https:/"],
  "/query$/i": ["query", "quer"],
  "/^(https?|ollama):/": ["http", "ollama"],
  "/auth|cookie|credential|key|password|secret|session|token/i": ["passwor", "credentia"],
  "/available context size/i": ["available context siz"],
  "/connection|fetch failed|timed out/i": ["connectio", "fetch faile", "timed ou"],
  "/context size has been exceeded/i": ["context size has been "],
  "/context_length_exceeded/i": ["context_length_"],
  "/exceed_context_size/i": ["exceed_context_"],
  "/exceeds the maximum allowed length/i": ["exceeds the maximum "],
  "/exceeds? (the )?context (window|limit)/i": ["exceeds the context ", "exceed the "],
  "/html/i": ["htm"],
  "/html|json/i": ["htmjso"],
  "/input token count/i": ["input token "],
  "/input tokens exceed/i": ["input tokens "],
  "/json/i": ["jso"],
  "/key$|token$|secret|password|credential|access_?key|^organization$|^project$/i": [
    "key",
    "token",
    "access_",
  ],
  "/cannot be greater than max_model_len=(\\d{1,12})/": [
    "cannot be greater than max_model_len=1",
    "cannot be greater than ",
  ],
  "/longer than the model's context length|exceeds the maximum allowed length/": [
    "longer than the model's ",
    "exceeds the maximum ",
  ],
  "/maximum context length of (\\d{1,12}) tokens.{0,200}?\\b(\\d{1,12}) tokens from the input/": [
    "maximum context length of 1 tokens",
    "maximum context length of 1 tokens 123456789012 ",
    "maximum context length of 123456789012",
  ],
  "/maximum context length/i": ["maximum context "],
  "/maximum model length/i": ["maximum model "],
  "/model's context length/i": ["model's context "],
  "/other side closed|socket hang up|network connection lost/i": ["other side ", "socket hang "],
  "/supports at most (\\d{1,12}) completion tokens/": ["supports at most 1", "supports at most "],
  "/\\b(?:[Aa]nswer|ANSWER)\\b[^\\n]{0,20}?(?:\\b[Ii]s\\b|:)[\\s*_(\"[]{0,8}([A-Z])(?![\\w'])/g": [
    "answer ",
    "Answer is ",
    "answer: **",
  ],
  "/\\(([A-Z])\\)/g": ["(A", "(A)"],
  "/^[ *_]{0,8}([A-Z])[*_]{0,4}(?:[).:]|$)/gm": ["A* ", "* ", "A"],
  "/(?<![\\w'])([A-Z])(?![\\w'])/g": ["A ", "'A"],
  "/^[a-z]$/i": ["a"],
  "/\\s+/": [" ", "a "],
  "/####|\\banswer\\b[^\\d\\n]{0,20}?(?:\\bis\\b|[:=])/gi": ["####", "answer ", "answer is "],
  "/(?<![\\p{L}_^\\d.])(?<!\\^\\{)((?<![\\w)])[-+])?(?:(\\d{1,15}) )?((?:\\d{1,3}(?:,\\d{3}){1,6}(?!\\d)|\\d{1,99})(?:\\.\\d{1,99})?(?:e[-+]?\\d{1,3}(?!\\d))?|\\.\\d{1,99}) ?(?:\\/ ?(\\d{1,99}(?:\\.\\d{1,99})?))?/giu":
    ["1 ", "1,234", "1/", "1.", "1e", "-1", "12345678901234567890"],
  "/^ ?(?:%|percent)/i": [" percen", "%"],
  "/\\\\(?:left|right|displaystyle|quad|[,!;: ])/g": ["\\lef", "\\,", "\\"],
  "/(\\d)\\\\([dt]?frac)/g": ["1\\fra", "1\\frac"],
  "/\\\\[dt]?frac ?\\{([^{}]{1,60})\\} ?\\{([^{}]{1,60})\\}/g": [
    "\\frac{1}{",
    "\\frac{",
    "\\frac{1}",
  ],
  "/\\\\[dt]?frac(\\d)(\\d)/g": ["\\frac1", "\\frac"],
  "/\\((-?[\\d.,]{1,60})\\)/g": ["(1", "(", "(-1.,"],
  "/\\\\(?:text|mathrm|mbox|textbf|mathbf) ?\\{([^{}]{0,60})\\}/g": [
    "\\text{a",
    "\\text{",
    "\\mathr",
  ],
  "/\\\\%/g": ["\\"],
  "/\\\\?\\$|[€£¥°]|\\\\circ/g": ["$", "\\cir", "\\"],
  "/[−–]/g": ["−"],
  "/\\^?\\{?[23²³]\\}?/g": ["^{2", "^{", "2}"],
  "/\\.$/": ["."],
  "/[ /]/": [" ", "a/"],
  "/ur[il]$|endpoint$|^basepath$/i": ["url", "endpoint"],
};

/** Regexes that are made of texts, by the function that uses them. */
const MADE: Readonly<Record<string, (text: string) => unknown>> = {
  "cli/embedded-questions.ts": (text) => {
    try {
      requireEmbeddedQuestion(text);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
    }
  },
};

/** Those that are bad for many. */
const ALWAYS = ["a", "A1_", " ", "\n", "0", "/", ".", "-", ":", "a://", "?", "@", "\u{1f44d}"];

const LENGTH = 200_000;
const LIMIT_MS = 100;

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));

interface Found {
  /** As it is written. */
  readonly literals: ReadonlySet<string>;
  /** Places that make one of a text: nobody sees those here. */
  readonly made: readonly string[];
}

function findRegexes(): Found {
  const literals = new Set<string>();
  const made: string[] = [];
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const source = readFileSync(join(SOURCES, file), "utf8");
    const visit = (node: ts.Node) => {
      if (ts.isRegularExpressionLiteral(node)) literals.add(node.text);
      if (ts.isIdentifier(node) && node.text === "RegExp" && makesOne(node)) made.push(file);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  }
  return { literals, made };
}

function makesOne({ parent }: ts.Identifier): boolean {
  return ts.isNewExpression(parent) || ts.isCallExpression(parent);
}

function toRegExp(literal: string): RegExp {
  const end = literal.lastIndexOf("/");
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}

/** CPU time in ms of the fastest of three runs: the machine may be busy. */
function cost(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && least > LIMIT_MS / 10; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

function inputsOf(pieces: readonly string[]): readonly string[] {
  return pieces.flatMap((piece) => {
    const text = piece.repeat(Math.ceil(LENGTH / piece.length));
    return [text, `${text}\u0001`];
  });
}

const { literals, made } = findRegexes();

describe("F15: the regexes of src/", () => {
  it("are all listed here, and none that is not there any more", () => {
    expect([...literals].sort()).toEqual(Object.keys(WORST).sort());
  });

  it("are written as literals, so that they are seen here, or read the same by their function", () => {
    expect(made).toEqual(Object.keys(MADE));
    for (const [file, read] of Object.entries(MADE)) {
      for (const text of inputsOf(["1 + ", "1, +1", "take ", "1 what is left", ...ALWAYS])) {
        expect(
          cost(() => read(text)),
          file,
        ).toBeLessThan(LIMIT_MS);
      }
    }
  });

  it.each(Object.entries(WORST))(`%s reads 200 kB within ${LIMIT_MS} ms`, (literal, pieces) => {
    const regex = toRegExp(literal);
    for (const text of inputsOf([...pieces, ...ALWAYS])) {
      expect(cost(() => regex.exec(text))).toBeLessThan(LIMIT_MS);
      if (regex.global) expect(cost(() => text.replace(regex, ""))).toBeLessThan(LIMIT_MS);
    }
  });

  it("the check itself finds a quadratic one", () => {
    const text = "a://".repeat(LENGTH / 40);
    const quadratic = /(\w:\/\/[^\s?]+)\?[^\s)]*/;
    expect(cost(() => quadratic.exec(text)) * 100).toBeGreaterThan(LIMIT_MS);
  });
});

describe("F15: what a server says, as a message quotes it", () => {
  const secrets = ["sk-aaaaaaaaaaaaaaaa", "aaaa", "b".repeat(4_000)].map(
    (text) => ({ text, instead: "[secret]" }) as const,
  );

  it.each([...ALWAYS, "prompt ", "a@b?", "://", "sk-aaa", "aaaa ", "\u001b[2J", "b"])(
    `%j, repeated: 200 kB within ${LIMIT_MS} ms`,
    (piece) => {
      for (const text of inputsOf([piece])) {
        expect(cost(() => quote(text, secrets))).toBeLessThan(LIMIT_MS);
        expect(cost(() => showable(text, secrets))).toBeLessThan(LIMIT_MS);
      }
    },
  );
});
