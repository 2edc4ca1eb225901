export type Matrix = readonly (readonly number[])[];

/**
 * Inverse of a symmetric positive definite matrix of a few columns, by Cholesky's decomposition.
 *
 * @throws RangeError where it is not positive definite: columns of the design say the same
 */
export function invertSymmetric(matrix: Matrix): number[][] {
  const root = cholesky(matrix);
  const columns = matrix.map((_, column) =>
    solveWith(
      root,
      matrix.map((__, row) => (row === column ? 1 : 0)),
    ),
  );
  return matrix.map((_, row) => columns.map((column) => entry(column, row)));
}

/** x with matrix x = right, for a symmetric positive definite matrix. */
export function solveSymmetric(matrix: Matrix, right: readonly number[]): number[] {
  return solveWith(cholesky(matrix), right);
}

export function multiply(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * entry(b, index), 0);
}

/** Adds weight x vector vector' to a matrix, in place: how cross products of a design are summed. */
export function addOuter(matrix: number[][], vector: readonly number[], weight = 1): void {
  matrix.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) {
      row[j] = entry(row, j) + weight * entry(vector, i) * entry(vector, j);
    }
  });
}

export function zeros(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}

/** Lower triangle L with L L' = matrix. */
function cholesky(matrix: Matrix): number[][] {
  const root = zeros(matrix.length);
  matrix.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const [upper, own] = [root[j] ?? [], root[i] ?? []];
      const rest = entry(row, j) - dot(own.slice(0, j), upper);
      if (i === j && !(rest > 1e-12 * Math.abs(entry(row, i)))) {
        throw new RangeError(
          `Column ${i + 1} of the design says what those before it say: leave it out, or give more data.`,
        );
      }
      own[j] = i === j ? Math.sqrt(rest) : rest / entry(upper, j);
    }
  });
  return root;
}

function solveWith(root: Matrix, right: readonly number[]): number[] {
  const forward: number[] = [];
  root.forEach((row, i) => {
    forward.push((entry(right, i) - dot(forward, row)) / entry(row, i));
  });
  const solution = new Array<number>(root.length).fill(0);
  for (let i = root.length - 1; i >= 0; i--) {
    let rest = entry(forward, i);
    for (let j = i + 1; j < root.length; j++) {
      rest -= entry(root[j] ?? [], i) * entry(solution, j);
    }
    solution[i] = rest / entry(root[i] ?? [], i);
  }
  return solution;
}

function entry(vector: readonly number[], index: number): number {
  return vector[index] ?? Number.NaN;
}
