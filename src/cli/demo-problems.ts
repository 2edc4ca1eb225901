/** Held-out problems of the embedded pair's own kind (models/README.md): a start, then operations from left to right. */
export const DEMO_PROBLEMS = [{ prompt: "59, +10, %6, +90, %9", answer: 3 }] as const;
