/** Texts whose blanks, line breaks and characters must come through as they are. */
export const TEXTS: Readonly<Record<string, string>> = {
  "code with blank lines in functions": [
    "def f(a):",
    "    b = a + 1",
    "",
    "    if b > 2:",
    "",
    "        b = b * 2",
    "",
    "    return b",
    "",
    "",
    "def g(a):",
    "\treturn f(a)  ",
    "    ",
    "",
    "  # done",
    "",
  ].join("\n"),
  "nested lists":
    "- one\n\n  - inner a\n\n    1. deep\n\n       text of it\n\n  - inner b\n\n- two\n \n\n * three\n",
  "pictures and other characters":
    "🎉🎊 Party 👨‍👩‍👧‍👦 now\n\n👍 é∑𝄞\n\n  👍🏽 好的。\n\n    漢字 🇩🇪!\n",
  "CRLF, as a whole": "One.\r\n\r\n    two\r\n\r\n\tthree\r\n",
  "CRLF here and there": "One.\r\n\n  two.\r\n\n\r\n    three.\n\n\r\n  four.\n",
  "tabs and odd blanks": "\ta\n\n\t\tb\u00a0\n\n \t c\n\n\u3000d\n\n\n\t\n\n    e\n",
  "blank lines at its beginning": "\n\n\n    one\n\n  two\n",
};
