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
    file: 'session/committer.ts',
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
    file: 'database/rows.ts',
    from: "const action = changes.length === 0 ? 'NOTHING' : `UPDATE SET ${changes.join(', ')}`;\n",
    to: "if (changes.length > 0) return insert.replace('INSERT', 'INSERT OR REPLACE');\n  const action = 'NOTHING';\n",
    test: 'schema-change.test.ts',
  },
  {
    name: 'a row without a key joins the transaction of the STATE before it',
    file: 'session/session.ts',
    from: "const isHeld = this.committer.holdsState && message.type === 'RECORD';",
    to: "const isHeld = this.committer.holdsState && message.type === 'STATE';",
    test: 'state.test.ts',
  },
  {
    name: 'a commit between two STATEs with rows without a key in it',
    file: 'session/committer.ts',
    from: 'if (!this.#keyless) this.commit();',
    to: 'this.commit();',
    test: 'load-method.test.ts',
  },
  {
    name: 'bad input leaves what came after the last STATE',
    file: 'session/committer.ts',
    from: '      this.#transaction.undoToMark();\n',
    to: '',
    test: 'state.test.ts',
  },
  {
    name: 'bad input takes back what a STATE covers',
    file: 'session/with-session.ts',
    from: 'if (error instanceof InputError) committer.abandon();',
    to: 'if (error instanceof InputError) committer.rollback();',
    test: 'state.test.ts',
  },
  {
    name: 'the bookmark is kept outside the transaction of its rows',
    file: 'session/committer.ts',
    from: '    if (state !== undefined) this.#saveState(state);\n',
    to: '',
    test: 'state.test.ts',
  },
  {
    name: 'a property that a record lacks keeps its old value',
    file: 'database/rows.ts',
    from: '    ...reset.map((name) => `${quote(name)} = NULL`),\n',
    to: '',
    test: 'load.test.ts',
  },
  {
    name: 'the children of a parent that arrives stay',
    file: 'session/records.ts',
    from: 'if (deletedAt === null && this.#context.replacesChildren)',
    to: 'if (deletedAt === null && !this.#context.replacesChildren)',
    test: 'deletes.test.ts',
  },
  {
    name: 'a column of numbers takes a text that it turns into a double',
    file: 'record/bind.ts',
    from: "  if (type !== 'any') return undefined;\n  return MINUS_ZERO",
    to: '  return MINUS_ZERO',
    test: 'values.test.ts',
  },
];
