import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * How a block says what it is, behind its opening fence: `ts` alone can be pasted as a file; `ts continued` goes
 * on behind the block before it; `ts fragment` uses names that the text around it explains.
 */
type Form = "whole" | "continued" | "fragment";

interface Snippet {
  /** "README.md:50" */
  readonly name: string;
  readonly form: Form;
  readonly code: string;
}

/** What fragments may use: the text around them says what it is. */
const FRAGMENT_NAMES = `
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
declare global {
  const small: BaseChatModel;
  const large: BaseChatModel;
  const router: import("langchain-glimprouter").GlimpRouterChatModel;
  const weather: StructuredToolInterface;
  const checkpointer: import("@langchain/langgraph").MemorySaver;
  const input: { messages: BaseMessage[] };
  const config: { configurable: { thread_id: string } };
  const apiKey: string;
  const ChatAnthropic: new (fields: object) => BaseChatModel;
  const ChatOpenAI: typeof import("@langchain/openai").ChatOpenAI;
  const GlimpRouterChatModel: typeof import("langchain-glimprouter").GlimpRouterChatModel;
  const HumanMessage: typeof import("@langchain/core/messages").HumanMessage;
  const MessagesAnnotation: typeof import("@langchain/langgraph").MessagesAnnotation;
  const StateGraph: typeof import("@langchain/langgraph").StateGraph;
  const readFile: typeof import("node:fs/promises").readFile;
  const z: typeof import("zod").z;
}
`;

const BLOCK = /^```ts(?: (\w+))?\n([\s\S]*?)^```$/gm;

function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  let before = "";
  return [...text.matchAll(BLOCK)].map(({ index, 1: mark = "whole", 2: code = "" }) => {
    const name = `${file}:${text.slice(0, index).split("\n").length}`;
    if (!["whole", "continued", "fragment"].includes(mark)) {
      throw new Error(`${name} is marked "${mark}"`);
    }
    const form = mark as Form;
    const whole = form === "continued" ? `${before}\n${code}` : code;
    before = whole;
    return { name, form, code: whole };
  });
}

function documents(): string[] {
  const inside = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .sort();
  return ["README.md", ...inside.map((path) => join("docs", path))];
}

/** Files on disk, read and parsed once for both checks: LangChain's types are the most of it. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Type-checks files that exist in memory only, beside the package's own sources; errors by file. */
function errorsIn(files: ReadonlyMap<string, string>): Map<string, string[]> {
  const { compilerOptions } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile)
    .config as { compilerOptions: object };
  const { options } = ts.convertCompilerOptionsFromJson(
    // As strict as a new project is: whoever pastes may leave a name unused.
    {
      ...compilerOptions,
      exactOptionalPropertyTypes: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    ROOT,
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const code = files.get(path);
    if (code !== undefined) return ts.createSourceFile(path, code, language);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, language, ...rest));
    return parsed.get(path);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map(
    [...files.keys()].map((path) => {
      const source = program.getSourceFile(path);
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return [
        path,
        found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      ];
    }),
  );
}

describe("U7: what is to be pasted from README and docs", () => {
  const snippets = documents().flatMap(snippetsOf);
  const pathOf = ({ name }: Snippet) => join(ROOT, "snippets", `${name.replace(/\W/g, "-")}.ts`);
  const withNames = ({ form, code }: Snippet) =>
    // A module even without imports, so that `await` may stand anywhere.
    `${code}\nexport {};\n${form === "fragment" ? 'import "./fragment-names.js";\n' : ""}`;

  it("U7: compiles", { timeout: 120_000 }, () => {
    expect(snippets.length).toBeGreaterThan(12);
    const check = (chosen: readonly Snippet[], names: [string, string][]) =>
      errorsIn(
        new Map([...chosen.map((each) => [pathOf(each), withNames(each)] as const), ...names]),
      );
    const isFragment = ({ form }: Snippet) => form === "fragment";
    // Apart: what fragments may use is there for all that is checked with them.
    const whole = check(
      snippets.filter((each) => !isFragment(each)),
      [],
    );
    const names = join(ROOT, "snippets", "fragment-names.ts");
    const fragments = check(snippets.filter(isFragment), [[names, FRAGMENT_NAMES]]);
    const failures = [...whole, ...fragments]
      .filter(([, errors]) => errors.length > 0)
      .map(([path, errors]) => `${path.slice(dirname(names).length + 1)}: ${errors.join("; ")}`);
    expect(failures).toEqual([]);
  });

  it("U7: README's first block stands by itself", () => {
    expect(snippets[0]).toMatchObject({
      name: expect.stringMatching(/^README\.md:/),
      form: "whole",
    });
    expect(snippets[0]?.code.match(/^const model\b/gm)).toHaveLength(1);
  });
});
