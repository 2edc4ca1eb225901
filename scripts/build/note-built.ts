/** Behind a build: `npm run build` and the test of the package share it. */
import { noteBuilt } from "./built.js";

await noteBuilt();
