/** A fault put into the target's sources on purpose: a named test must notice it. */
export interface Mutant {
  readonly name: string;
  /** From the target's `src`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
  /** From the target's `test`. */
  readonly test: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'STATE is printed before COMMIT',
    file: 'committer.ts',
    from: '    this.#transaction.commit();\n',
    to: '    if (state !== undefined) this.#print(state);\n    this.#transaction.commit();\n',
    test: 'durability.test.ts',
  },
  {
    name: 'the disk is not waited for (synchronous = NORMAL)',
    file: 'database/connection.ts',
    from: 'synchronous = FULL',
    to: 'synchronous = NORMAL',
    test: 'durability.test.ts',
  },
  {
    name: 'REPLACE instead of an upsert',
    file: 'database/row-sql.ts',
    from: "const action = changes.length === 0 ? 'NOTHING' : `UPDATE SET ${changes.join(', ')}`;\n",
    to: "if (changes.length > 0) return insert.replace('INSERT', 'INSERT OR REPLACE');\n  const action = 'NOTHING';\n",
    test: 'schema-change.test.ts',
  },
  {
    name: 'a row without a key joins the transaction of the STATE before it',
    file: 'run.ts',
    from: "const isHeld = this.#committer.holdsState && message.type === 'RECORD';",
    to: "const isHeld = this.#committer.holdsState && message.type === 'STATE';",
    test: 'state.test.ts',
  },
  {
    name: 'a commit between two STATEs with rows without a key in it',
    file: 'committer.ts',
    from: 'if (!this.#keyless) this.commit();',
    to: 'this.commit();',
    test: 'load-method.test.ts',
  },
  {
    name: 'bad input leaves what came after the last STATE',
    file: 'committer.ts',
    from: '      this.#transaction.undoToMark();\n',
    to: '',
    test: 'state.test.ts',
  },
  {
    name: 'bad input takes back what a STATE covers',
    file: 'run.ts',
    from: 'if (fault instanceof InputError) this.#committer.abandon();',
    to: 'if (fault instanceof InputError) this.#committer.rollback();',
    test: 'state.test.ts',
  },
  {
    name: 'the bookmark is kept outside the transaction of its rows',
    file: 'committer.ts',
    from: '    if (state !== undefined) this.#books.state(state);\n',
    to: '',
    test: 'state.test.ts',
  },
  {
    name: 'a property that a record lacks keeps its old value',
    file: 'database/row-sql.ts',
    from: '    ...reset.map((name) => `${quote(name)} = NULL`),\n',
    to: '',
    test: 'load.test.ts',
  },
  {
    name: 'the children of a parent that arrives stay',
    file: 'records.ts',
    from: 'if (deletedAt === null && replacesChildren)',
    to: 'if (deletedAt === null && !replacesChildren)',
    test: 'deletes.test.ts',
  },
  {
    name: 'a column of numbers takes a text that it turns into a double',
    file: 'fit.ts',
    from: "  if (type !== 'any') return undefined;\n  return MINUS_ZERO",
    to: '  return MINUS_ZERO',
    test: 'values.test.ts',
  },
];
