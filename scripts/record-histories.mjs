// Records golden histories from a running demo: `node scripts/record-histories.mjs 127.0.0.1:7233 [TYPE...]`. One history
// for each workflow type, or for each of those named, the latest run. Folders of the machine and identities are replaced,
// since they are nobody's business.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'histories');
const connection = await Connection.connect({ address: process.argv[2] ?? '127.0.0.1:7233' });
const client = new Client({ connection });
mkdirSync(folder, { recursive: true });

const wanted = process.argv.slice(3);
const seen = new Set();
for await (const { workflowId, runId, type } of client.workflow.list()) {
  if (seen.has(type) || (wanted.length > 0 && !wanted.includes(type))) continue;
  seen.add(type);
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  writeFileSync(join(folder, `${type}.json`), `${JSON.stringify(clean(JSON.parse(historyToJSON(history))))}\n`);
  process.stdout.write(`${type}: ${history.events?.length ?? 0} events\n`);
}
await connection.close();

/** Payloads are base64 of JSON; everything else is plain. */
function clean(value, key = '') {
  if (Array.isArray(value)) return value.map((item) => clean(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clean(item, name)]));
  }
  if (typeof value !== 'string') return value;
  if (key === 'identity' || key === 'workerId') return 'worker';
  if (key === 'stackTrace') return '';
  if (key === 'data') return Buffer.from(hide(Buffer.from(value, 'base64').toString('utf8'))).toString('base64');
  return hide(value);
}

function hide(text) {
  return text
    .replaceAll(/\d+@[\w.-]+-[0-9a-f]{32}/g, 'worker')
    .replaceAll(/\/tmp\/hivekeeper-stage-\w+/g, '/stage')
    .replaceAll(process.cwd(), '/project');
}
