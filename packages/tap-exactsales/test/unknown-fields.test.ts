import { describe, expect, it } from 'vitest';
import { dated, readStreams, serve, type Message, type Row } from './scripted.ts';
import { file, tap } from './tap.ts';

const keep = { settings: { unknown_fields: 'keep' } };

/** Returns the column `extra` of a stream's records; undefined for a record without it. */
function extras(messages: readonly Message[], stream: string): unknown[] {
  return messages.flatMap((message) =>
    message.type === 'RECORD' && message.stream === stream ? [message.record?.['extra']] : [],
  );
}

/** Serves one row with its JSON literals unchanged, and reads it. */
async function readOne(path: string, row: string, streams: readonly string[], options = keep) {
  const rows = [JSON.parse(row) as Row];
  const sets = path === 'leadsandpersons' ? { leads: rows, [path]: rows } : { [path]: rows };
  const server = await serve(sets, (answer) => {
    const { '@odata.count': count, value } = answer.envelope;
    const counted = count === undefined ? '' : `"@odata.count": ${JSON.stringify(count)},`;
    const literal = (value as readonly Row[]).length > 0 ? row : '';
    answer.bytes = Buffer.from(`{${counted} "value": [${literal}]}`);
  });
  const ended = await readStreams(server.url, streams, options);
  server.stop();
  expect(ended.code, ended.stderr).toBe(0);
  return { ...ended, asked: server.asked };
}

describe('unknown_fields: keep', () => {
  it('stores fields without a column with all their digits, or null if there are no such fields', async () => {
    const known = '"id": 1, "value": "A", "active": true, "funnelId": 6021, "position": 1';
    const { messages, stderr } = await readOne(
      'stages',
      `{${known}, "@odata.id": "x", "new": {"n": 12345678901234567890.10, "e": 1e400}, "gone": null}`,
      ['stages'],
    );
    expect(extras(messages, 'stages')).toEqual([
      '{"new":{"n":12345678901234567890.10,"e":1e400},"gone":null}',
    ]);
    expect(stderr).toContain('"new", which is stored only in the column "extra"');
    const whole = await readOne('stages', `{${known}}`, ['stages']);
    expect(extras(whole.messages, 'stages')).toEqual([null]);
  });

  it('stores known fields without a column, and the rest of an object that has columns', async () => {
    const { messages } = await readOne(
      'qualificationhistories',
      `{"leadId": 1, "qualificationDate": "${dated(-1)}", "id": 5, "meetingDate": "0001-01-01T00:00:00Z",
        "userAction": {"id": 7, "name": "Ana", "lastName": "Souza", "email": null}, "questionAnswers": []}`,
      ['qualifications'],
    );
    expect(extras(messages, 'qualifications')).toEqual([
      '{"id":5,"meetingDate":"0001-01-01T00:00:00Z","userAction":{"lastName":"Souza"}}',
    ]);
  });

  it('stores the rest of each element in its child row', async () => {
    const { messages } = await readOne(
      'leadssold',
      `{"id": 1, "saleDate": "${dated(-1)}", "products": [
        {"name": "A", "sku": "x"}, {"name": "B"}, {"name": "C", "position": 9}]}`,
      ['leadssold', 'leadssold__products'],
    );
    expect(extras(messages, 'leadssold')).toEqual([null]);
    expect(extras(messages, 'leadssold__products')).toEqual([
      '{"sku":"x"}',
      null,
      '{"position":9}',
    ]);
  });

  it('stores a value that does not fit its column, and a value that a preferred source of its column hides', async () => {
    const { messages } = await readOne(
      'leadscustomfields',
      `{"leadId": 1, "id": "_a", "updateDate": "${dated(-1)}", "options": ["A"], "value": "B", "type": 3}`,
      ['leadscustomfields'],
    );
    expect(extras(messages, 'leadscustomfields')).toEqual(['{"value":"B","type":3}']);
    const misfit = await readOne('stages', '{"id": 1, "position": "first"}', ['stages']);
    expect(extras(misfit.messages, 'stages')).toEqual(['{"position":"first"}']);
  });

  it('does not repeat lead fields that have columns in the leads stream', async () => {
    const row = `{"id": 1, "lead": "A", "updateDate": "${dated(-1)}", "cnpj": "1", "cpfCnpj": "2", "persons": []}`;
    const streams = ['leads', 'leadspersons', 'leadspersons__persons'];
    const { messages } = await readOne('leadsandpersons', row, streams);
    expect(extras(messages, 'leads')).toEqual(['{"cpfCnpj":"2"}']);
    expect(extras(messages, 'leadspersons')).toEqual(['{"cpfCnpj":"2"}']);
  });

  it('requests all fields and declares the column even if an older catalog selects few columns', async () => {
    const server = await serve({ stages: [{ id: 1, value: 'A', active: true, new: 1 }] });
    const settings = { api_token: 'canary-of-scripts', api_url: server.url };
    const config = file('tap.json', { ...settings, unknown_fields: 'keep' });
    const properties = { id: { type: 'integer' }, value: { type: 'string' } };
    const entry = { tap_stream_id: 'stages', stream: 'stages', schema: { properties } };
    const catalog = file('catalog.json', { streams: [entry] });
    const { stdout } = await tap(['--config', config, '--catalog', catalog]);
    server.stop();
    expect(server.asked[0]?.query).not.toHaveProperty('$select');
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Message);
    expect(Object.keys(messages[0]?.schema?.['properties'] ?? {})).toEqual([
      'id',
      'value',
      'extra',
    ]);
    expect(messages.find(({ record }) => record)?.record).toEqual({
      ...{ id: 1, value: 'A' },
      extra: '{"new":1}',
    });
  });
});

it('unknown_fields: report logs each unknown field once and adds no column', async () => {
  const rows: Row[] = [1, 2].map((id) => ({ id, new: 'x' }));
  const server = await serve({ stages: rows });
  const { messages, stderr } = await readStreams(server.url, ['stages']);
  server.stop();
  expect(extras(messages, 'stages')).toEqual([undefined, undefined]);
  expect(stderr.match(/unknown field "new", which is not copied/g)).toHaveLength(1);
  expect(JSON.stringify(messages)).not.toContain('"extra"');
});
