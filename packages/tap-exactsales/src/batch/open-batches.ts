import type { RecordMessage, SchemaMessage } from '@exact-spotter/singer';
import { Batch } from './batch.ts';
import { Families } from './families.ts';
import type { BatchFolder } from './folder.ts';

/** The batches that no BATCH line has named yet, one a stream at most. */
export class OpenBatches {
  readonly #folder: BatchFolder;
  readonly #size: number;
  readonly #families = new Families();
  /** By stream. */
  readonly #batches = new Map<string, Batch>();
  /**
   * By stream, what its rows took the place of. A batch that leaves in the middle of a row's
   * children leaves its claims here: the others of these children are still to come.
   */
  readonly #claims = new Map<string, Set<string>>();

  /** @param size rows in a file at most */
  constructor(folder: BatchFolder, size: number) {
    this.#folder = folder;
    this.#size = size;
  }

  /** Parents first. */
  get all(): Batch[] {
    return [...this.#batches.values()].toSorted(
      (one, other) => this.#families.depthOf(one.stream) - this.#families.depthOf(other.stream),
    );
  }

  /** Those of a stream and its family, parents first. */
  familyOf(stream: string): Batch[] {
    const head = this.#families.headOf(stream);
    return this.all.filter((batch) => this.#families.headOf(batch.stream) === head);
  }

  declare(schema: SchemaMessage): void {
    this.#families.declare(schema);
  }

  /** What a record takes the place of: the same for records that clear the same children. */
  claimsOf({ stream, record }: RecordMessage): string[] {
    return this.#families.claims(stream, record);
  }

  /**
   * True where the family has to leave before a record: its file is full or of another version, or
   * the record takes the place of one whose children are in the family's files.
   */
  isBarredTo({ stream, version }: RecordMessage, claims: readonly string[]): boolean {
    const batch = this.#batches.get(stream);
    if (batch && (batch.isFull || batch.version !== version)) return true;
    const claimed = this.#claims.get(stream);
    return claims.some((claim) => claimed?.has(claim));
  }

  add(record: RecordMessage, claims: readonly string[]): void {
    const { stream } = record;
    const batch = this.#batches.get(stream) ?? new Batch(record, this.#folder, this.#size);
    this.#batches.set(stream, batch);
    batch.add(record);
    const claimed = this.#claims.get(stream) ?? new Set();
    this.#claims.set(stream, claimed);
    for (const claim of claims) claimed.add(claim);
  }

  /** To be called once a BATCH line has named its batch. */
  remove(stream: string): void {
    this.#batches.delete(stream);
  }

  /** To be called at a STATE: it never stands between the children of a row. */
  forgetClaims(): void {
    this.#claims.clear();
  }
}
