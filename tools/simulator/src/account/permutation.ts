/** A shuffle of 0 … size - 1 that is a formula, both ways: a million rows need no list. */
export class Permutation {
  readonly #size: number;
  readonly #factor: number;
  readonly #inverse: number;
  readonly #shift: number;

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#factor = coprime(Math.floor(size * 0.618) + (seed % 7), size);
    this.#inverse = inverse(this.#factor, size);
    this.#shift = size === 0 ? 0 : seed % size;
  }

  rankOf(index: number): number {
    return (index * this.#factor + this.#shift) % this.#size;
  }

  indexAt(rank: number): number {
    return ((rank - this.#shift + this.#size) * this.#inverse) % this.#size;
  }
}

function coprime(from: number, size: number): number {
  let factor = Math.max(1, from);
  while (greatestDivisor(factor, size) > 1) factor += 1;
  return factor;
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

/** The number that undoes a multiplication by `factor`, modulo `size` (extended Euclid). */
function inverse(factor: number, size: number): number {
  let [old, rest] = [factor, size];
  let [oldFactor, restFactor] = [1, 0];
  while (rest !== 0) {
    const quotient = Math.floor(old / rest);
    [old, rest] = [rest, old - quotient * rest];
    [oldFactor, restFactor] = [restFactor, oldFactor - quotient * restFactor];
  }
  return size === 0 ? 0 : ((oldFactor % size) + size) % size;
}
