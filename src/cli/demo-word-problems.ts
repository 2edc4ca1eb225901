import type { DemoProblem } from "./demo-table.js";

/**
 * The first 20 held-out problems of the pair that thinks in words (models/words-problems.json): taken in their
 * order, not picked. No template of them was trained on.
 */
export const WORD_PROBLEMS: readonly DemoProblem[] = [
  {
    prompt:
      "Hugo has 82 eggs. Hugo is 60 years old. 6 of the eggs break. Hugo buys 3 baskets with 22 eggs each. Hugo packs the eggs into baskets of 2. How many baskets does Hugo fill?",
    answer: 71,
  },
  {
    prompt:
      "Hugo buys 9 bags with 9 pears each. Hugo swaps each of the pears for 2 smaller ones. Hugo packs the pears into bags of 3. Lena has 47 pears. Before that, Hugo gives 6 of them to Lena. How many bags does Hugo fill?",
    answer: 52,
  },
  {
    prompt:
      "Greta has 140 marbles. David has 30 fewer than Greta. Each of the crates costs 33 euros. David gives 19 of them to Jack. David packs the marbles into crates of 5. Before that, Jack gives 4 marbles to David. How many crates does David fill?",
    answer: 19,
  },
  {
    prompt:
      "Ben buys 5 crates with 19 pears each. Tom has 51 pears. Ben gives 20 of them to Tom. Tom gives 2 pears to Ben. Ben needs 84 pears. How many pears are missing?",
    answer: 7,
  },
  {
    prompt:
      "Max has 8 coins. Paula has 9 times as many as Max. Lena has 60 coins. Paula finds 18 more. 7 of the coins break. How many coins does Paula have now?",
    answer: 83,
  },
  {
    prompt:
      "Anna collects 38 cookies a day for 5 days. Anna finds 2 more. Before that, Anna sells 8 cookies. How many cookies are left in the end?",
    answer: 184,
  },
  {
    prompt:
      "David has 8 stamps. Anna has 14 times as many as David. Anna loses 10 of them. Anna sells the stamps for 2 euros each. Before that, 31 of the stamps break. How many euros does Anna get?",
    answer: 142,
  },
  {
    prompt:
      "There are 190 stones in Paula's house. Paula gives half of the stones to Hugo. Each of the crates costs 35 euros. Paula swaps each of the stones for 2 smaller ones. Hugo has 9 stones. How many stones do Paula and Hugo have together?",
    answer: 199,
  },
  {
    prompt:
      "Greta collects 21 stones a day for 3 days. Greta sells 6 stones. 4 of the stones break. The shop is 52 km away. Clara has 40 stones. How many stones do Greta and Clara have together?",
    answer: 93,
  },
  {
    prompt:
      "There are 112 books in Clara's house. Clara gives half of the books to Paula. Paula has 40 books. Before that, Clara buys 8 jars with 6 books each. How many books are left in the end?",
    answer: 80,
  },
  {
    prompt:
      "After giving 33 marbles to Greta, Ben has 129 left. Hugo gives 3 marbles to Ben. Ben is 8 years old. Before that, Ben gives 40 of them to Hugo. How many marbles does Ben have now?",
    answer: 92,
  },
  {
    prompt:
      "Lena has 30 marbles. That is 137 fewer than Tom has. Tom sells 2 marbles. The shop is 38 km away. Tom buys 8 sacks with 3 marbles each. How many marbles are left in the end?",
    answer: 189,
  },
  {
    prompt:
      "Anna has 67 red stones and 8 green stones. 7 of the stones break. Anna gives 16 of them to David. The shop is 12 km away. Anna packs the stones into sacks of 4. How many sacks does Anna fill?",
    answer: 13,
  },
  {
    prompt:
      "Ida buys 4 baskets with 10 pears each. Ida loses 3 of them. Ida is 48 years old. 3 of the pears break. Ida packs the pears into baskets of 2. How many baskets does Ida fill?",
    answer: 17,
  },
  {
    prompt:
      "There are 85 candles in Clara's house. Clara swaps each of the candles for 2 smaller ones. Clara shares the candles equally among 5 friends. Before that, Clara gives half of the candles to Anna. How many candles does each friend get?",
    answer: 17,
  },
  {
    prompt:
      "Clara has 7 marbles. That is 66 fewer than Emma has. Emma swaps each of the marbles for 2 smaller ones. Before that, 2 of the marbles break. How many marbles are left in the end?",
    answer: 142,
  },
  {
    prompt:
      "Nora has 4 nuts. Jack has 15 times as many as Nora. Jack sells 16 nuts. The shop is 50 km away. Jack finds 10 more. Oscar has 35 nuts. How many more nuts than Oscar does Jack have?",
    answer: 19,
  },
  {
    prompt:
      "There are 29 plums in David's house. David buys 8 boxes with 6 plums each. Before that, Emma gives 4 plums to David. Each of the boxes costs 41 euros. How many plums does David have now?",
    answer: 81,
  },
  {
    prompt:
      "There are 7 apples in each of Paula's 3 sacks. Anna gives 11 apples to Paula. Paula is 33 years old. Paula swaps each of the apples for 3 smaller ones. Anna has 3 apples. How many apples do Paula and Anna have together?",
    answer: 99,
  },
  {
    prompt:
      "Clara collects 2 eggs a day for 9 days. The trip takes 26 hours. Clara gives 4 of them to Jack. 7 of the eggs break. Jack has 3 eggs. How many more eggs than Jack does Clara have?",
    answer: 4,
  },
];
