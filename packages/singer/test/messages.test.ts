import { describe, expect, it } from 'vitest';
import {
  InputError,
  parseMessage,
  messageLine,
  recordLine,
  schemaLine,
  stateLine,
  type Message,
} from '../src/index.ts';

function parse(text: string): Message {
  return parseMessage({ number: 7, text });
}

describe('parseMessage', () => {
  it.each([
    [
      schemaLine('s', { type: 'object' }, ['id'], ['at']),
      {
        type: 'SCHEMA',
        stream: 's',
        schema: { type: 'object' },
        key_properties: ['id'],
        bookmark_properties: ['at'],
      },
    ],
    [recordLine('s', { id: 1 }), { type: 'RECORD', stream: 's', record: { id: 1 } }],
    [
      recordLine('s', { id: 1 }, { version: 2, timeExtracted: '2026-01-01T00:00:00Z' }),
      {
        type: 'RECORD',
        stream: 's',
        record: { id: 1 },
        version: 2,
        time_extracted: '2026-01-01T00:00:00Z',
      },
    ],
    [stateLine({ a: 1 }), { type: 'STATE', value: '{"a":1}' }],
    [
      messageLine({ type: 'ACTIVATE_VERSION', stream: 's', version: 3 }),
      { type: 'ACTIVATE_VERSION', stream: 's', version: 3 },
    ],
    [
      messageLine({ type: 'STATE', value: '{"b":1.0,"a":12345678901234567890}' }),
      { type: 'STATE', value: '{"b":1.0,"a":12345678901234567890}' },
    ],
  ])('reads back %s', (line, message) => {
    expect(line.endsWith('}\n')).toBe(true);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(parse(line)).toEqual(message);
  });

  it.each([
    ['{"type":"record","stream":"s","record":{}}', { type: 'RECORD', stream: 's', record: {} }],
    [
      '{"type":"SCHEMA","stream":"s","schema":{}}',
      { type: 'SCHEMA', stream: 's', schema: {}, key_properties: [] },
    ],
    ['{"type":"STATE","value":null}', { type: 'STATE', value: 'null' }],
    [
      '{"type":"STATE","value":{"b":12345678901234567890,"2":1,"1":-0}}',
      { type: 'STATE', value: '{"b":12345678901234567890,"2":1,"1":-0}' },
    ],
    ['{"type":"HEARTBEAT"}', { type: 'UNKNOWN', name: 'HEARTBEAT' }],
    [
      '{"type":"BATCH","stream":"s","encoding":{"format":"jsonl","compression":"gzip"},"manifest":["file:///a"]}',
      {
        type: 'BATCH',
        stream: 's',
        encoding: { format: 'jsonl', compression: 'gzip' },
        manifest: ['file:///a'],
      },
    ],
  ])('accepts %s', (text, message) => {
    expect(parse(text)).toEqual(message);
  });

  it.each([
    ['{"secret": tru', 'the line is not valid JSON'],
    ['["secret"]', 'the line is not a JSON object'],
    [
      `{"a":${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)},"b":"secret"}`,
      'the line is nested too deeply',
    ],
    ['{"secret":1}', 'the message has no "type"'],
    ['{"type":"RECORD","record":{"a":"secret"}}', 'the message has no "stream"'],
    [
      '{"type":"RECORD","stream":"s","record":["secret"]}',
      'stream "s": the RECORD message has no "record" object',
    ],
    ['{"type":"SCHEMA","stream":"s"}', 'stream "s": the SCHEMA message has no "schema" object'],
    [
      '{"type":"SCHEMA","stream":"s","schema":{},"key_properties":"secret"}',
      'stream "s": "key_properties" is not a list of strings',
    ],
    ['{"type":"STATE"}', 'the STATE message has no "value"'],
    [
      '{"type":"ACTIVATE_VERSION","stream":"s","version":"secret"}',
      'stream "s": the "version" of the ACTIVATE_VERSION message is not an integer',
    ],
    ...['1e300', '1.5', '9007199254740993'].map((version) => [
      `{"type":"RECORD","stream":"s","record":{"a":"secret"},"version":${version}}`,
      'stream "s": the "version" of the message is not an integer below 2^53',
    ]),
    [
      '{"type":"BATCH","stream":"s","encoding":{}}',
      'stream "s": the BATCH message has no valid "encoding" or no "manifest"',
    ],
  ])('refuses %.60s and names the line but no value', (text, reason) => {
    const refusal = (): Message => parse(text);
    expect(refusal).toThrow(InputError);
    expect(refusal).toThrow(reason);
    expect(refusal).toThrow(/^line 7[,:]/);
    expect(refusal).not.toThrow('secret');
  });
});
