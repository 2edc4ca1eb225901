import { describe, expect, it } from "vitest";
import { html, jsonForScript } from "../../src/page/html.js";

describe("html", () => {
  it("escapes values, in text and in attributes, and leaves markup alone", () => {
    const inner = html`<b>${"a < b & c"}</b>`;
    expect(html`<p title="${`"'`}">${inner}${null}${3}</p>`.text).toBe(
      '<p title="&quot;&#39;"><b>a &lt; b &amp; c</b>3</p>',
    );
  });

  it("shows controls, and what turns the direction of text, instead of obeying them", () => {
    expect(html`${"a\u0000b\u202ec\rd\ne"}`.text).toBe("a\\u0000b\\u202ec\\u000dd\ne");
  });

  it("joins a list of markup", () => {
    expect(html`<ul>${["<1>", "2"].map((each) => html`<li>${each}</li>`)}</ul>`.text).toBe(
      "<ul><li>&lt;1&gt;</li><li>2</li></ul>",
    );
  });
});

describe("jsonForScript", () => {
  it("ends no script element, begins no comment, and is the same data", () => {
    const data = { text: "</script><!--\u2028\u2029", list: ["__proto__"] };
    const { text } = jsonForScript(data);
    expect(text).not.toMatch(/[<\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(data);
  });
});
