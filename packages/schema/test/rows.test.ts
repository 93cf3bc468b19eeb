import { describe, expectTypeOf, it } from 'vitest';
import type { Row, TableName } from '../src/index.ts';

/** `npm run types` checks these assertions. At run time, the tests always pass. */
describe('row types', () => {
  it('have exactly the columns of their table', () => {
    expectTypeOf<keyof Row<'painpoints'>>().toEqualTypeOf<'leadid' | 'painpoint_id' | 'value'>();
    expectTypeOf<Row<'leadssold__products'>>().toHaveProperty('position');
    expectTypeOf<Row<'leads'>>().not.toHaveProperty('position');
  });

  it('have the types of their columns and allow null except in the key', () => {
    expectTypeOf<Row<'leads'>['id']>().toEqualTypeOf<number>();
    expectTypeOf<Row<'leads'>['cnpj']>().toEqualTypeOf<string | null>();
    expectTypeOf<Row<'leads'>['salesrep_id']>().toEqualTypeOf<number | null>();
    expectTypeOf<Row<'stages'>['active']>().toEqualTypeOf<boolean | null>();
    expectTypeOf<Row<'leadstages'>['created_at']>().toEqualTypeOf<string>();
    expectTypeOf<Row<'leadssold'>['totaldealvalue']>().toEqualTypeOf<number | null>();
  });

  it('exist only for the listed tables', () => {
    expectTypeOf<'organizations'>().not.toExtend<TableName>();
    expectTypeOf<'sources__subSources'>().toExtend<TableName>();
  });
});
