import type { DemoProblem } from "./demo-table.js";

/**
 * The first 20 held-out problems of the pair that thinks in words (models/words-problems.json): taken in their
 * order, not picked. No template of them was trained on.
 */
export const WORD_PROBLEMS: readonly DemoProblem[] = [
  {
    prompt:
      "Felix has 3 cookies, and Ben has 12 times as many. Ben is 18 years old. Ben loses 3 of them. Before that, Ben gives Tom half of them. Ben needs 23 cookies. How many cookies are missing?",
    answer: 8,
  },
  {
    prompt:
      "Max has 33 marbles. That is 5 more than Tom has. The shop is 38 km away. Tom sells 20 of them. Before that, Anna gives 3 marbles to Tom. Tom sells all of them for 6 euros each. How many euros does Tom get?",
    answer: 66,
  },
  {
    prompt:
      "At first Felix has 15 cookies. Max has 44 cookies. Felix gives Max 4 of the cookies. Before that, Felix finds 9 cookies. Felix packs the cookies into boxes of 5. How many boxes does Felix fill?",
    answer: 4,
  },
  {
    prompt:
      "Anna has 71 apples, which is 6 more than Lena has. Lena receives 8 apples from Tom. Before that, Lena sells 9 of them. Lena packs the apples into bags of 8. How many bags does Lena fill?",
    answer: 8,
  },
  {
    prompt:
      "For 5 days Clara collects 13 nuts a day. Clara finds 9 more. Before that, Clara loses 6 of them. Clara packs 4 nuts into each of the boxes. How many boxes does Clara fill?",
    answer: 17,
  },
  {
    prompt:
      "Ben owns 52 apples. Lena owns 9 fewer than Ben. Lena sells 7 of them. The shop is 40 km away. Lena gives half of the apples to Clara. Clara owns 16 apples. How many do Lena and Clara have together?",
    answer: 34,
  },
  {
    prompt:
      "There are 14 eggs in each of Tom's 3 boxes. Tom receives 7 eggs from Lena. Before that, Tom finds 8 more. Tom needs 66 eggs. How many eggs are missing?",
    answer: 9,
  },
  {
    prompt:
      "Tom has 8 jars with 9 apples each. Tom receives 15 apples from Lena. Before that, Tom finds 10 apples. The shop is 27 km away. How many apples does Tom have now?",
    answer: 97,
  },
  {
    prompt:
      "Tom owns 31 eggs. Tom receives 4 more from Clara. Tom finds 11 eggs. Tom sells the eggs for 2 euros each. How many euros does Tom get?",
    answer: 92,
  },
  {
    prompt:
      "Clara collects 3 apples a day for 4 days. Max gives 9 apples to Clara. Clara sells 7 of them. How many apples are left?",
    answer: 14,
  },
  {
    prompt:
      "Anna has 46 apples. That is 4 more than Max has. Ben gives 4 apples to Max. Max is 39 years old. Max gives Ben half of them. Ben owns 10 apples. How many do Max and Ben have together?",
    answer: 33,
  },
  {
    prompt:
      "Tom collects 10 apples a day for 3 days. Tom swaps each of them for 2 smaller apples. Tom loses 3 apples. The shop is 46 km away. Tom needs 77 apples. How many apples are missing?",
    answer: 20,
  },
  {
    prompt:
      "Tom has 31 coins, and Felix has 19 fewer. Felix gives Ben 3 of the coins. Felix swaps each of them for 3 smaller coins. The shop is 6 km away. How many coins are left?",
    answer: 27,
  },
  {
    prompt:
      "Ida has 5 jars of 2 cookies each. Ida loses 6 cookies. Before that, Ida swaps each of the cookies for 4 smaller ones. Ida is 2 years old. Max has 7 cookies. How many cookies do Ida and Max have together?",
    answer: 41,
  },
  {
    prompt:
      "Ben has 48 pears. That is 6 more than Lena has. Lena finds 5 pears. Before that, Lena swaps each of them for 2 smaller pears. Lena is 14 years old. Tom owns 9 pears. How many do Lena and Tom have together?",
    answer: 98,
  },
  {
    prompt:
      "Max has 46 red and 19 green marbles. Max loses 9 marbles. Before that, Max receives 10 more from Ben. Max needs 71 marbles. How many marbles are missing?",
    answer: 5,
  },
  {
    prompt:
      "Clara collects 10 pears a day for 5 days. Clara gives Ida half of them. Ida has 36 pears. Clara finds 2 more. Clara shares them equally among 3 friends. How many does each friend get?",
    answer: 9,
  },
  {
    prompt:
      "Tom has 80 apples, which is 3 more than Ida has. Ida sells 5 of them. Ida is 17 years old. Ida loses 10 of them. Ida packs the apples into boxes of 2. How many boxes does Ida fill?",
    answer: 31,
  },
  {
    prompt:
      "Tom has 11 red eggs and 15 green eggs. The shop is 13 km away. Tom sells 8 of them. Tom loses 4 eggs. Tom packs 7 eggs into each of the jars. How many jars does Tom fill?",
    answer: 2,
  },
  {
    prompt:
      "Clara has 7 coins, and Ida has 75 more. Ida buys 3 bags of 2 coins each. Ida loses 15 coins. How many coins does Ida have in the end?",
    answer: 73,
  },
];
