/**
 * The first ten of the embedded pair's held-out problems (models/problems.json; models/README.md has the
 * grammar): taken in their order, not picked. Start with a number, then operations from left to right.
 */
export const DEMO_PROBLEMS = [
  { prompt: "58, %9, +10, -1", answer: 13 },
  { prompt: "Take 89, remainder by 7, plus 1, less 3. What is the result?", answer: 3 },
  { prompt: "86, %6, +20, +50", answer: 72 },
  { prompt: "What is 51, remainder by 7, plus 60, add 6?", answer: 68 },
  { prompt: "90, %8, +4, +50", answer: 56 },
  { prompt: "What is 45, plus 30, modulo 8, add 10?", answer: 13 },
  { prompt: "37, +50, -5, -40, %7", answer: 0 },
  { prompt: "Take 14, add 5, modulo 6, plus 90. What is the result?", answer: 91 },
  { prompt: "35, +4, %9, +4", answer: 7 },
  { prompt: "Start with 86, add 10, modulo 7, add 90, add 3. What is left?", answer: 98 },
] as const;
