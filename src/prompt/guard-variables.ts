import { Template } from "@huggingface/jinja";

/** A node of a parsed template; its own classes are not exported. */
interface TemplateNode {
  readonly type: string;
  [key: string]: unknown;
}

/**
 * `needed`: the value is printed, computed with, or looked into. `seen`: it is asked about only (`is defined`,
 * `if`, `==`, `or`, `default`), which is how templates have options.
 */
type Use = "needed" | "seen";

/** The parts of each kind of node, and what is made of them. What is not listed has none. */
const PARTS: Readonly<Record<string, Readonly<Record<string, Use>>>> = {
  If: { test: "seen", body: "needed", alternate: "needed" },
  For: { iterable: "needed", body: "needed", defaultBlock: "needed" },
  Set: { value: "seen", body: "needed" },
  Macro: { body: "needed" },
  CallStatement: { call: "seen", body: "needed" },
  FilterStatement: { body: "needed" },
  MemberExpression: { object: "needed", property: "seen" },
  CallExpression: { callee: "needed", args: "seen" },
  TestExpression: { operand: "seen" },
  KeywordArgumentExpression: { value: "seen" },
  SpreadExpression: { argument: "needed" },
  SliceExpression: { start: "needed", stop: "needed", step: "needed" },
  ArrayLiteral: { value: "seen" },
  TupleLiteral: { value: "seen" },
};

/** Operators that can be asked of anything. */
const COMPARISONS: ReadonlySet<unknown> = new Set(["==", "!=", "in", "not in", "and", "or"]);

/** Filters that have a value for what is not there. */
const FILLING: ReadonlySet<unknown> = new Set(["default", "d"]);

/**
 * Puts a check before every use of a variable whose value is needed, in place: jinja would print an empty
 * string for one that nobody gave. A use that is never reached is never checked.
 *
 * @param check - the name of a function that is called with the variable's name, and throws
 */
export function guardVariables(template: Template, check: string): void {
  guardAll(template.parsed.body as unknown as TemplateNode[], "needed", check);
}

function guardAll(nodes: TemplateNode[], use: Use, check: string): void {
  for (const [index, node] of nodes.entries()) nodes[index] = guarded(node, use, check);
}

/** The node, or one that checks first. */
function guarded(node: TemplateNode, use: Use, check: string): TemplateNode {
  if (node.type === "Identifier" && typeof node.value === "string") {
    return use === "needed" ? checkedVariable(node.value, check) : node;
  }
  for (const [key, usedAs] of Object.entries(partsOf(node, use))) {
    const part = node[key];
    if (Array.isArray(part)) guardAll(part as TemplateNode[], usedAs, check);
    else if (isNode(part)) node[key] = guarded(part, usedAs, check);
  }
  return node;
}

/** Parts whose use depends on the node itself, or on how the node is used. */
function partsOf(node: TemplateNode, use: Use): Readonly<Record<string, Use>> {
  switch (node.type) {
    case "Ternary":
      return { condition: "seen", trueExpr: use, falseExpr: use };
    case "SelectExpression":
      return { lhs: use, test: "seen" };
    case "UnaryExpression":
      return { argument: operatorOf(node) === "not" ? "seen" : "needed" };
    case "BinaryExpression": {
      const operator = operatorOf(node);
      if (!COMPARISONS.has(operator)) return { left: "needed", right: "needed" };
      return { left: "seen", right: operator === "or" ? use : "seen" };
    }
    case "FilterExpression":
      return { operand: FILLING.has(filterName(node)) ? "seen" : "needed" };
    default:
      return PARTS[node.type] ?? {};
  }
}

function isNode(value: unknown): value is TemplateNode {
  return typeof (value as { type?: unknown } | null | undefined)?.type === "string";
}

function operatorOf({ operator }: TemplateNode): unknown {
  return (operator as { value?: unknown }).value;
}

/** A filter with arguments is a call of its name. */
function filterName({ filter }: TemplateNode): unknown {
  const { callee, value } = filter as { callee?: { value?: unknown }; value?: unknown };
  return callee === undefined ? value : callee.value;
}

/** `name`, or the error where it is not defined: looked up as late as the variable itself. */
function checkedVariable(name: string, check: string): TemplateNode {
  const expression = `{{ ${name} if ${name} is defined else ${check}("${name}") }}`;
  return new Template(expression).parsed.body[0] as unknown as TemplateNode;
}
