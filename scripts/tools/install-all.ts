/** Installs every tool of single checks: `npm run tools`. What is there already is left as it is. */
import { installTool, TOOLS } from "./install-tool.js";

for (const tool of TOOLS) console.log(`${tool}: ${await installTool(tool)}`);
