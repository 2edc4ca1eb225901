/** The key under which every server lists the candidates of a token. Inside a JSON string its quotes are escaped. */
const KEY = '"top_logprobs":';
/** What candidates begin with, compact or with a blank behind colons. */
const BEGINS = ["[{", " [{"];
/** What candidates end in, whether they are lists or maps: what is in them has no objects in lists. */
const END = "}]";

/** Where an event carries the JSON that was left unread. */
const UNREAD: unique symbol = Symbol("langchain-glimprouter.unreadCandidates") as never;

interface Unread {
  [UNREAD]?: readonly string[];
}

/**
 * Reads an event's JSON, but for the candidates of its tokens: in their place stands a number, and
 * `candidatesIn` reads them when somebody looks. They are most of an event, and where they are a map by token
 * text each has keys of its own, for which the engine makes a new kind of object every time: more time than
 * all the rest takes. A glimpse needs those of one token in a step.
 */
export function readEventJson(json: string): unknown {
  const unread: string[] = [];
  const rest = cutCandidates(json, unread);
  if (unread.length === 0) return JSON.parse(json);
  try {
    const event = JSON.parse(rest) as Unread;
    event[UNREAD] = unread;
    return event;
  } catch {
    // An end that stood in a token's text, or behind the candidates' own, leaves half a string or a bracket too
    // many: never JSON.
    return JSON.parse(json);
  }
}

/**
 * The candidates that stand, or stood, at a place of an event.
 *
 * @throws SyntaxError where they are no JSON
 */
export function candidatesIn<Candidates>(event: unknown, place: Candidates): Candidates {
  const json = unreadCandidates(event, place);
  return json === null ? place : (JSON.parse(json) as Candidates);
}

/** The JSON of the candidates of a place, as long as it is unread; `null` where they are not. */
export function unreadCandidates(event: unknown, place: unknown): string | null {
  const { [UNREAD]: unread } = (event ?? {}) as Readonly<Unread>;
  return (typeof place === "number" ? unread?.[place] : undefined) ?? null;
}

/** Looks at each character a few times at most, whatever stands in the event. */
function cutCandidates(json: string, unread: string[]): string {
  let rest = "";
  let from = 0;
  for (let key = json.indexOf(KEY); key !== -1; key = json.indexOf(KEY, from)) {
    const begin = key + KEY.length;
    rest += json.slice(from, begin);
    from = begin;
    if (!BEGINS.some((text) => json.startsWith(text, begin))) continue;
    const end = json.indexOf(END, begin);
    if (end === -1) break;
    rest += unread.length;
    unread.push(json.slice(begin, end + END.length));
    from = end + END.length;
  }
  return rest + json.slice(from);
}
