#!/usr/bin/env node
import { runCommand } from "./commands.js";
import { endWithReader } from "./terminal.js";

endWithReader();
const failed = await runCommand(process.argv.slice(2));
if (failed !== null) process.exitCode = failed;
