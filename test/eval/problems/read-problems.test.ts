import { describe, expect, it } from "vitest";
import { DataError } from "../../../src/eval/problems/data-error.js";
import type { Problem } from "../../../src/eval/problems/problem.js";
import {
  type ReadProblemsOptions,
  readProblems,
} from "../../../src/eval/problems/read-problems.js";
import { temporaryFile } from "../temporary-folder.js";

async function read(file: string, options?: ReadProblemsOptions): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of readProblems(file, options)) problems.push(problem);
  return problems;
}

async function readText(
  name: string,
  text: string | Uint8Array,
  options?: ReadProblemsOptions,
): Promise<Problem[]> {
  return read(await temporaryFile(name, text), options);
}

/** What is wrong with a data set, without its folder. */
async function refusal(name: string, text: string, options?: ReadProblemsOptions) {
  const error: unknown = await readText(name, text, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof DataError)) throw error;
  const { line, field } = error;
  return { line, field, message: error.message.slice(error.message.lastIndexOf("/") + 1) };
}

describe("a .jsonl file", () => {
  it("gives problems with id, cluster, messages, and what else there is as meta", async () => {
    const lines = [
      '{"id": 7, "prompt": "2 + 2?", "answer": 4, "cluster": "sums", "level": "easy", "meta": {"by": "me"}}',
      "",
      '{"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "3?"}], "answer": null}',
    ];
    expect(await readText("a.jsonl", lines.join("\n"))).toEqual([
      {
        id: "7",
        prompt: "2 + 2?",
        answer: 4,
        cluster: "sums",
        meta: { level: "easy", by: "me" },
      },
      {
        id: "3",
        prompt: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "3?" },
        ],
      },
    ]);
  });

  it.each([
    ["question", "target"],
    ["problem", "solution"],
    ["input", "answer"],
  ])("knows the columns %s and %s", async (prompt, answer) => {
    const line = JSON.stringify({ [prompt]: "2 + 2?", [answer]: "4" });
    expect(await readText("a.jsonl", line)).toEqual([{ id: "1", prompt: "2 + 2?", answer: "4" }]);
  });

  it("takes GSM8K's result behind ####", async () => {
    const line = JSON.stringify({
      question: "How many?",
      answer: "3 x 4 = <<3*4=12>>12\n#### 1,012",
    });
    expect(await readText("a.jsonl", line)).toEqual([
      { id: "1", prompt: "How many?", answer: "1,012" },
    ]);
  });

  it("takes columns by other names", async () => {
    const line = JSON.stringify({ nr: 5, text: "2?", gold: 2, template: "t" });
    const columns = { id: "nr", prompt: "text", answer: "gold", cluster: "template" };
    expect(await readText("a.jsonl", line, columns)).toEqual([
      { id: "5", prompt: "2?", answer: 2, cluster: "t" },
    ]);
  });

  it("reads a byte order mark, CRLF, no last line break, and U+2028 inside a text", async () => {
    const text = '\ufeff{"prompt": "a\u2028b", "answer": 1}\r\n{"prompt": "c", "answer": 2}';
    expect((await readText("a.jsonl", text)).map(({ prompt }) => prompt)).toEqual([
      "a\u2028b",
      "c",
    ]);
  });

  it("reads characters that are cut in two by the file's pieces", async () => {
    const long = "ä€😀".repeat(40_000);
    const [problem] = await readText("a.jsonl", JSON.stringify({ prompt: long }));
    expect(problem?.prompt).toBe(long);
  });
});

describe("a .csv file", () => {
  it("reads quotes, commas and line breaks in quotes, CRLF, a byte order mark, a column without a value", async () => {
    const text = '\ufeffquestion,answer,level\r\n"A ""big"" one, two\r\nlines?",4,hard\r\nb,5,\r\n';
    expect(await readText("a.csv", text)).toEqual([
      {
        id: "2",
        prompt: 'A "big" one, two\r\nlines?',
        answer: "4",
        meta: { level: "hard" },
      },
      { id: "4", prompt: "b", answer: "5", meta: { level: "" } },
    ]);
  });

  it("names the line of what is wrong behind a value of several lines", async () => {
    const text = 'prompt,answer\n"one\ntwo",1\nx,1,2\ny,3\n';
    expect(await refusal("a.csv", text)).toMatchObject({
      line: 4,
      message:
        "a.csv:4: expected 2 columns as in the first line, got 3. A comma inside a value needs quotes around it.",
    });
  });

  it("names the column that a row lacks, and two columns of one name", async () => {
    expect(await refusal("a.csv", "prompt,answer\nx\n")).toMatchObject({
      line: 2,
      field: "answer",
    });
    expect(await refusal("a.csv", "prompt,prompt\nx,y\n")).toMatchObject({
      line: 1,
      field: "prompt",
    });
  });

  it("names the line of a quote that is not closed", async () => {
    expect((await refusal("a.csv", 'prompt,answer\nx,1\n"y,2\n')).message).toMatch(
      /^a\.csv:\d+: no CSV \(Quote Not Closed/,
    );
  });
});

describe("bad input, refused with file, line and field", () => {
  const good = '{"prompt": "x", "answer": 1}\n';

  it.each([
    ["no JSON", `${good}{"prompt": \n`, 2, null, "a.jsonl:2: no JSON ("],
    ["no object", `${good}[1]\n`, 2, null, "a.jsonl:2: expected a JSON object"],
    [
      "no prompt",
      `${good}{"answer": 3}\n`,
      2,
      "prompt",
      "a.jsonl:2: field `prompt`: missing. Looked for: prompt, question, problem, input. There are: answer.",
    ],
    [
      "an empty prompt",
      '{"prompt": " "}\n',
      1,
      "prompt",
      "a.jsonl:1: field `prompt`: expected a text",
    ],
    [
      "a prompt of another kind",
      '{"question": 5}\n',
      1,
      "question",
      "a.jsonl:1: field `question`: expected a text",
    ],
    [
      "a message of another role",
      '{"prompt": [{"role": "boss", "content": "x"}]}\n',
      1,
      "prompt",
      "a.jsonl:1: field `prompt`: expected a text, or messages",
    ],
    [
      "two of one id",
      '{"id": "a", "prompt": "x"}\n{"id": "a", "prompt": "y"}\n',
      2,
      "id",
      'a.jsonl:2: field `id`: "a" is the id of line 1, too.',
    ],
    [
      "the same problem twice",
      `${good}\n${good}`,
      3,
      "prompt",
      "a.jsonl:3: field `prompt`: the same problem as in line 1.",
    ],
    ["an empty file", "", null, null, "a.jsonl: no problem is in it."],
    ["a file of blank lines", "\n\r\n", null, null, "a.jsonl: no problem is in it."],
  ])("%s", async (_what, text, line, field, message) => {
    const found = await refusal("a.jsonl", text);
    expect(found).toMatchObject({ line, field });
    expect(found.message.slice(0, message.length)).toBe(message);
  });

  it("no answer, where one is needed", async () => {
    expect(await refusal("a.jsonl", '{"prompt": "x"}', { requireAnswer: true })).toMatchObject({
      line: 1,
      field: "answer",
    });
  });

  it("a file that is not there, or of another kind", async () => {
    await expect(read("/no/such/file.jsonl")).rejects.toThrow(
      "/no/such/file.jsonl: cannot be read (ENOENT).",
    );
    await expect(read("data.parquet")).rejects.toThrow("ends in .jsonl or .csv, or langsmith:NAME");
  });

  it("skipInvalid leaves such lines out, and tells each", async () => {
    const text = `${good}{"prompt"\n{"answer": 1}\n${good}{"prompt": "y"}\n`;
    const lines: (number | null)[] = [];
    const problems = await readText("a.jsonl", text, {
      skipInvalid: true,
      onInvalid: ({ line }) => lines.push(line),
    });
    expect(problems.map(({ id }) => id)).toEqual(["1", "5"]);
    expect(lines).toEqual([2, 3, 4]);
    expect(await refusal("a.jsonl", "[1]\n", { skipInvalid: true })).toMatchObject({
      message: "a.jsonl: none of its 1 lines can be used.",
    });
  });

  it("skipInvalid goes on behind a bad line of CSV", async () => {
    const lines: (number | null)[] = [];
    const problems = await readText("a.csv", "prompt,answer\nx,1\ny,2,3\nz,4\n", {
      skipInvalid: true,
      onInvalid: ({ line }) => lines.push(line),
    });
    expect(problems.map(({ prompt }) => prompt)).toEqual(["x", "z"]);
    expect(lines).toEqual([3]);
  });
});

describe("langsmith:NAME", () => {
  it("reads a dataset's examples through a client", async () => {
    const asked: unknown[] = [];
    const client = {
      async *listExamples(options?: unknown) {
        asked.push(options);
        yield {
          id: "e-1",
          inputs: { question: "2 + 2?" },
          outputs: { answer: "4" },
          metadata: { cluster: "sums", dataset_split: ["base"] },
        };
      },
    };
    const problems = await read("langsmith:sums", { client: client as never });
    expect(problems).toEqual([{ id: "e-1", prompt: "2 + 2?", answer: "4", cluster: "sums" }]);
    expect(asked).toEqual([{ datasetName: "sums" }]);
  });

  it("says that it needs one", async () => {
    await expect(read("langsmith:sums")).rejects.toThrow("give `client: new Client()`");
  });
});
