import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import {
  type ChatTemplateInput,
  renderChatTemplate,
} from "../../src/prompt/render-chat-template.js";
import { toOpenAIMessages } from "../../src/prompt/to-openai-messages.js";
import { HYBRID, OPENING, PLAIN, STRICT } from "./chat-templates.js";

const USER = toOpenAIMessages([new HumanMessage("2+2?")]);

function render(template: string, input: Partial<ChatTemplateInput> = {}): string {
  return renderChatTemplate({ template, messages: USER, ...input });
}

function errorFrom(render: () => string): unknown {
  try {
    return render();
  } catch (error) {
    return error;
  }
}

describe("messages become the text up to where the assistant's words begin", () => {
  it("with the tokens that were given; none is none", () => {
    expect(render(PLAIN, { bosToken: "<s>" })).toBe(
      "<s><|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n",
    );
    for (const bosToken of [undefined, null]) {
      expect(render(PLAIN, { bosToken })).toBe(
        "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n",
      );
    }
  });

  it("or without the assistant's header", () => {
    expect(render(PLAIN, { addGenerationPrompt: false })).toBe(
      "<|im_start|>user\n2+2?<|im_end|>\n",
    );
  });

  it("that opens the thought, where the template does", () => {
    expect(render(OPENING, { bosToken: "<bos>", eosToken: "<eos>" })).toBe(
      "<bos><User>2+2?<Assistant><think>\n",
    );
  });

  it("without the thoughts of earlier turns, where the template deletes them", () => {
    const messages = toOpenAIMessages([
      new HumanMessage("Hi"),
      new AIMessage("<think>\nHm.\n</think>Hello"),
      new HumanMessage("2+2?"),
    ]);
    expect(render(OPENING, { messages, bosToken: "", eosToken: "<eos>" })).toBe(
      "<User>Hi<Assistant>Hello<eos><User>2+2?<Assistant><think>\n",
    );
  });

  it("with the reasoning of the turn that goes on", () => {
    const messages = toOpenAIMessages([
      new HumanMessage("2+2?"),
      new AIMessage({
        content: "",
        tool_calls: [{ id: "1", name: "add", args: { a: 2 } }],
        additional_kwargs: { reasoning_content: "I add." },
      }),
      new ToolMessage({ content: "4", tool_call_id: "1" }),
    ]);
    const text = render(HYBRID, { messages });
    expect(text).toContain("<think>\nI add.\n</think>\n\n<|im_end|>");
    expect(text).toContain("<tool_response>4</tool_response>");
  });
});

describe("tools", () => {
  const tool = { type: "function", function: { name: "add", description: "Adds." } };

  it("are shown", () => {
    expect(render(HYBRID, { tools: [tool] })).toMatch(
      /^<\|im_start\|>system\n\{"name": ?"add", ?"description": ?"Adds\."\}\n<\|im_end\|>/,
    );
  });

  it.each([undefined, []])("that are none are none to the template: %j", (tools) => {
    expect(render(HYBRID, { tools })).toBe(
      "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  it("a call's arguments are an object to the template, not JSON in a string", () => {
    const messages = toOpenAIMessages([
      new HumanMessage("2+2?"),
      new AIMessage({ content: "", tool_calls: [{ id: "1", name: "add", args: { a: 2 } }] }),
    ]);
    expect(render(PLAIN, { messages })).toMatch(/<tool_call>add\(\{"a": ?2\}\)<\/tool_call>/);
  });

  it("a call's arguments that are no JSON stay the text that they are", () => {
    const call = { id: "1", type: "function" as const, function: { name: "add", arguments: "{a" } };
    const messages = [{ role: "assistant", content: "", tool_calls: [call] }];
    expect(render(PLAIN, { messages })).toContain('add("{a")');
  });
});

describe("variables", () => {
  it("of the template's own are given as kwargs, and win", () => {
    expect(render(HYBRID, { kwargs: { enable_thinking: false } })).toMatch(
      /<think>\n\n<\/think>\n\n$/,
    );
    expect(render(PLAIN, { bosToken: "<s>", kwargs: { bos_token: "<other>" } })).toMatch(
      /^<other>/,
    );
  });

  it.each([
    ['{{ style or "plain" }}', "plain"],
    ['{{ style | default("plain") }}', "plain"],
    ['{{ style if style is defined else "plain" }}', "plain"],
    ['{% if style == "long" %}long{% else %}plain{% endif %}', "plain"],
    ["{% if style is defined and style | length > 9 %}long{% else %}plain{% endif %}", "plain"],
    ['{% macro as(style) %}{{ style or "plain" }}{% endmacro %}{{ as(style) }}', "plain"],
  ])("may have a stand-in: %s", (template, text) => {
    expect(render(template)).toBe(text);
  });

  it("may be missing where the template asks for them", () => {
    expect(
      render("{% if style is defined %}{{ style }}{% endif %}{% if mood %}!{% endif %}."),
    ).toBe(".");
  });

  it.each([
    ["{{ date_string }}", "date_string"],
    ["{{ user.name }}", "user"],
    ['{{ settings["tone"] }}', "settings"],
    ["{% for message in messages %}{{ persona }}{% endfor %}", "persona"],
    ["{% if true %}{{ inner }}{% else %}x{% endif %}", "inner"],
    ["{% if false %}x{% else %}{{ other }}{% endif %}", "other"],
    ['{{ "Today: " + date_string }}', "date_string"],
    ["{{ name | trim }}", "name"],
    ['{{ name | replace("a", "b") }}', "name"],
    ["{{ name.strip() }}", "name"],
    ['{{ "x" if false else name }}', "name"],
    ["{{ nothing or name }}", "name"],
    ["{% if user.name %}x{% endif %}", "user"],
    ["{% for item in items %}x{% endfor %}", "items"],
    ["{% set x = user.name %}x", "user"],
    ["{% macro greet() %}{{ name }}{% endmacro %}{{ greet() }}", "name"],
    ["{{ make(1) }}", "make"],
    ["{{ messages[start:] | length }}", "start"],
  ])("that are used must have been given: %s", (template, name) => {
    expect(errorFrom(() => render(template))).toMatchObject({
      name: "GlimpRouterError",
      reason: "invalid_option",
      message: `The chat template uses \`${name}\`, which nobody gave. Give it among the template's kwargs: { ${name}: ... }`,
    });
  });

  it("that are used in a branch that is not reached need not be given", () => {
    expect(render("{% if false %}{{ name }}{% endif %}.")).toBe(".");
  });

  it("that are used may be anything that was given", () => {
    const kwargs = { user: { name: "Ada" }, items: [1, 2], start: 1, make: (n: number) => n + 1 };
    const template =
      "{{ user.name | upper }} {% for item in items[start:] %}{{ item }}{% endfor %} {{ make(1) }}";
    expect(render(template, { kwargs })).toBe("ADA 2 2");
    expect(render(template, { kwargs })).toBe("ADA 2 2");
  });

  it("that were given as nothing were given", () => {
    expect(render("[{{ note }}]", { kwargs: { note: "" } })).toBe("[]");
  });

  it("that the template sets itself are its own", () => {
    expect(render('{% set tone = "calm" %}{{ tone }}')).toBe("calm");
    expect(
      render("{% for message in messages %}{{ loop.index }}{{ message.role }}{% endfor %}"),
    ).toBe("1user");
  });
});

describe("what stock templates are written with", () => {
  it.each([
    [
      "{% set ns = namespace(n=0) %}{% for m in messages[::-1] %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
      "1",
    ],
    ["{% for m in messages %}{{ loop.index0 }}{{ ',' if not loop.last }}{% endfor %}", "0"],
    [
      "{% if messages[0].content is string and messages[0].content.startswith('2') %}y{% endif %}",
      "y",
    ],
    [
      "{%- macro show(m) -%}{{ m.role | capitalize }}{%- endmacro -%}{{ show(messages[0]) }}",
      "User",
    ],
    [
      "{% if enable_thinking is defined and enable_thinking is false %}off{% else %}on{% endif %}",
      "on",
    ],
    ["{% for m in messages if m.role == 'user' %}{{ m.content.split('+')[-1] }}{% endfor %}", "2?"],
    ["{{ messages | selectattr('role', 'equalto', 'user') | list | length }}", "1"],
    ["{% set t = messages[0]['content'] | trim %}{{ t ~ '!' }}", "2+2?!"],
    ["{% if not tools %}none{% endif %}{% if tools is none %}!{% endif %}", "none!"],
    ["{{ messages[0].name or 'nobody' }}", "nobody"],
    ["{% if messages[0].tool_calls %}x{% endif %}.", "."],
  ])("%s", (template, text) => {
    expect(render(template)).toBe(text);
  });
});

describe("a template that does not render", () => {
  it("refuses the messages, in its own words", () => {
    const messages = toOpenAIMessages([new SystemMessage("Be brief."), new HumanMessage("2+2?")]);
    expect(errorFrom(() => render(STRICT, { messages }))).toMatchObject({
      reason: "invalid_input",
      message: expect.stringMatching(
        /^The chat template refuses these messages: Roles must alternate/,
      ),
    });
  });

  it.each([
    ["in a macro", '{% macro no(why) %}{{ raise_exception(why) }}{% endmacro %}{{ no("Nope") }}'],
    ["in a loop", '{% for message in messages %}{{ raise_exception("Nope") }}{% endfor %}'],
  ])("refuses them %s, too", (_where, template) => {
    expect(errorFrom(() => render(template))).toMatchObject({
      reason: "invalid_input",
      message: "The chat template refuses these messages: Nope",
    });
  });

  it.each([
    ['{%- set b = {0: "none"} -%}{{ b[0] }}', "Object keys must be strings"],
    ["{{ messages | groupby('role') }}", "groupby"],
    ["{{ 'a' is upperish }}", "Unknown test: upperish"],
  ])(
    "T9: the engine lacks what it uses, which is no fault of the messages: %s",
    (template, why) => {
      const error = errorFrom(() => render(template));
      expect(error).toMatchObject({ reason: "template_engine" });
      expect(String(error)).toContain("The template engine (@huggingface/jinja) lacks what this");
      expect(String(error)).toContain(why);
      expect(String(error)).toContain('`continuation: "vllm"`, `"sglang"` or `"llamacpp"`');
    },
  );

  it("cannot be parsed", () => {
    expect(errorFrom(() => render("{% if %}"))).toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining("The chat template cannot be parsed: "),
    });
  });

  it("trims, and is left to", () => {
    const messages = toOpenAIMessages([new HumanMessage("  2+2?\n\n")]);
    expect(render(STRICT, { messages })).toBe("[user]2+2?\n[assistant]");
  });
});
