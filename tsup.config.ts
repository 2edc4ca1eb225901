import { defineConfig } from "tsup";

export default defineConfig([
  {
    entry: {
      index: "src/index.ts",
      "local/index": "src/local/index.ts",
      "middleware/index": "src/middleware/index.ts",
      "graph/index": "src/graph/index.ts",
      "eval/index": "src/eval/index.ts",
      "serve/index": "src/serve/index.ts",
    },
    format: ["esm", "cjs"],
    target: "es2022",
    dts: true,
    sourcemap: true,
    clean: true,
    shims: true,
  },
  {
    entry: { "cli/main": "src/cli/main.ts" },
    format: ["esm"],
    target: "es2022",
    sourcemap: true,
    splitting: true,
  },
]);
