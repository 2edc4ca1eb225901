import { gzipSync } from "node:zlib";
import type { Bytes, Fault } from "../fault.js";
import { always, NO_STREAM, RIGHT } from "./declared.js";

function inPieces(bytes: Buffer, size: number): readonly Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

/** Cut behind the first byte of each character that has several. */
function insideCharacters(bytes: Buffer): readonly Buffer[] {
  const cuts = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 0xc0).map((at) => at + 1);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

function inForm(name: string, about: string, bytes: Bytes): Fault {
  return { name, about, way: "bytes", bytes, harmless: true, outcomes: [always(RIGHT)] };
}

const MEGABYTES = 5 * 2 ** 20;

/** Unusual forms of a whole reply. */
export const FORMS: readonly Fault[] = [
  inForm("slow drip", "The reply comes in small pieces, with pauses.", {
    pieces: (bytes) => inPieces(bytes, 256),
    pauseMs: 5,
  }),
  inForm("every byte a chunk", "Each byte comes alone.", { pieces: (bytes) => inPieces(bytes, 1) }),
  inForm("gzip", "The reply is packed.", {
    headers: { "content-encoding": "gzip" },
    pieces: (bytes) => (bytes.length === 0 ? [] : [gzipSync(bytes)]),
  }),
  inForm("CRLF", "Lines end in the way of Windows.", {
    pieces: (bytes) => [Buffer.from(bytes.toString().replaceAll("\n", "\r\n"))],
  }),
  inForm("BOM", "The reply begins with a byte order mark.", {
    pieces: (bytes, isFirst) => [Buffer.concat([Buffer.from(isFirst ? "\ufeff" : ""), bytes])],
  }),
  inForm("split UTF-8", "Characters are cut in two.", { pieces: insideCharacters }),
  {
    name: "an event of 5 MB",
    about: "An event is very large.",
    way: "event",
    strike: ({ chunk }) => ({
      write: `data: ${JSON.stringify({ ...chunk, padding: "x".repeat(MEGABYTES) })}\n\n`,
      next: "go on",
    }),
    harmless: true,
    outcomes: [NO_STREAM, always(RIGHT)],
  },
];
