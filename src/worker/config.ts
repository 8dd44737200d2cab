import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { HivekeeperError, messageOf } from '../domain/errors/index.js';

const argv = z.tuple([z.string()], z.string());

/** What a worker decides for itself; a spec can name what stands here and never add to it. */
export const workerConfigSchema = z.strictObject({
  data: z
    .string()
    .default(() => join(homedir(), '.hivekeeper', 'data'))
    .describe('Folder of the content store and of the saved records.'),
  secrets: z
    .union([
      z.literal('all'),
      z.strictObject({ env: z.array(z.string()).default([]), files: z.array(z.string()).default([]) }),
    ])
    .default({ env: [], files: [] })
    .describe('Variables and files or folders that a spec may refer to; `all` on a machine of one user.'),
  hooks: z
    .record(z.string(), z.strictObject({ open: argv, close: argv, list: argv }))
    .default({})
    .describe(
      'Commands that a spec may name for its traffic gate; `{host}` and `{backend}` stand for whole arguments.',
    ),
  fencing: z
    .record(
      z.string(),
      z.strictObject({
        fence: argv.describe('Command that powers a host off; `{host}` and `{address}` stand for whole arguments.'),
        verify: argv.optional().describe('Command that ends well when the host is off.'),
        timeout: z.int().min(1000).optional().describe('Milliseconds; default 60000.'),
      }),
    )
    .optional()
    .describe('Commands that a spec may name as `fencing.hook`, which power hosts off.'),
  issuers: z
    .record(
      z.string(),
      z.strictObject({
        issue: argv.describe('Command that answers a certificate request from its standard input.'),
        timeout: z.int().min(1000).optional().describe('Milliseconds; default 60000.'),
      }),
    )
    .optional()
    .describe('Commands that a spec may name as `tls.hook`, which issue certificates of nodes.'),
  stallAfter: z
    .int()
    .min(1000)
    .optional()
    .describe('Milliseconds for which a step may report the same before it is said to stall; default 300000.'),
});
export type WorkerConfig = z.output<typeof workerConfigSchema>;

/**
 * Reads a worker's configuration file (YAML or JSON).
 * @throws HivekeeperError InvalidInput that names the file and the field.
 */
export async function loadWorkerConfig(file: string): Promise<WorkerConfig> {
  const result = workerConfigSchema.safeParse(parseText(file, await readText(file)) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new HivekeeperError('InvalidInput', `${file}: ${problems.join('; ')}`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new HivekeeperError('InvalidInput', `${file} cannot be read: ${messageOf(error)}`);
  }
}

function parseText(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new HivekeeperError('InvalidInput', `${file} is no YAML: ${messageOf(error)}`);
  }
}
