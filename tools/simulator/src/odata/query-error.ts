/** What the server answers with 400. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(reason: string) {
    super(`The query specified in the URI is not valid. ${reason}`);
  }
}
