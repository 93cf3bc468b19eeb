import { leadLine, leadsSchema } from './leads.ts';
import { stateLine, stdoutOutput } from '@exact-spotter/singer';

/** Writes so many leads to the standard output, for streams too long for a file. */
const rows = Number(process.argv[2]);
const PAGE = 500;
const output = stdoutOutput();
await output.write(leadsSchema());
for (let id = 1; id <= rows; id += PAGE) {
  let text = '';
  for (let at = id; at < id + PAGE && at <= rows; at += 1) text += leadLine(at);
  await output.write(text + stateLine({ bookmarks: { leads: { id } } }));
}
await output.flush();
