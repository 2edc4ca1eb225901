import { z } from "zod";
import type { Json } from "../../core/json.js";

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

const modelSchema = z.object({
  /** As it was named: a path, or an address and a name. */
  name: z.string(),
  server: z.string().nullable(),
  version: z.string().nullable(),
  fingerprint: z.string().nullable(),
});

/** Money for a million tokens. */
const priceSchema = z.object({
  input: z.number().min(0),
  cachedInput: z.number().min(0).optional(),
  output: z.number().min(0),
});

export const pricesSchema = z.object({ small: priceSchema, large: priceSchema });

export type Prices = z.infer<typeof pricesSchema>;

/** `run.json`: what is run, written before the first request. A run folder with another one is refused. */
export const runFileSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  /** ISO 8601. */
  made: z.string(),
  /** Version of this package. */
  package: z.string(),
  mode: z.enum(["quality", "latency"]),
  models: z.object({
    small: modelSchema,
    large: modelSchema,
    /** Large once more, with something that writes ahead of it; absent: there was none. */
    draftedLarge: modelSchema.optional(),
  }),
  /** In the order in which they are run; `about` says what each is, for readers. */
  arms: z.array(z.object({ arm: z.string(), about: z.string(), settings: json })),
  repeats: z.number().int().min(1),
  seed: z.number().int(),
  checker: z.string(),
  data: z.object({
    source: z.string(),
    sha256: z.string(),
    n: z.number().int(),
    clusters: z.number().int(),
    /** Lines that were refused and left out (`--skip-invalid`). */
    skipped: z.number().int(),
  }),
  prices: pricesSchema.nullable(),
  /** The calibration's file, whole; `null` without one. */
  calibration: json,
  /** Fixed before the first request. */
  primary: z.object({
    arm: z.string(),
    /** d: a difference in accuracy, 0 to 1, that would be worth something. */
    margin: z.number(),
    /** Two-sided. */
    alpha: z.number(),
  }),
  machine: json,
  /** The command line, secrets left out. */
  arguments: z.array(z.string()),
});

export type RunFile = z.infer<typeof runFileSchema>;
