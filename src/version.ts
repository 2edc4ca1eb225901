/** The package's version, as its runs name it. Not read from package.json, which edge runtimes do not have. */
export const VERSION = "0.1.0";
