import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../../domain/errors/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { SpecFileError } from '../../spec-file/index.js';
import { readYaml } from '../../spec-file/yaml-text.js';

const port = z.number().int().min(1).max(65_535);
const keys = z.union([z.string().transform((key) => [key]), z.array(z.string())]).default([]);

/** As much of a spec as a scan needs: it is run before the spec can be valid. */
const schema = z.looseObject({
  ssh: z.looseObject({ port: port.default(22) }).default({ port: 22 }),
  hosts: z.array(
    z.looseObject({
      name: z.string(),
      address: z.string(),
      hostKey: keys,
      ssh: z.looseObject({ port: port.optional() }).optional(),
    }),
  ),
});

export interface ScanTarget {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Fingerprints that the spec names already. */
  readonly known: readonly string[];
}

/** The hosts of a spec file that may still lack its host keys. @throws CliError, SpecFileError */
export async function readScanTargets(file: string, io: Pick<CliIo, 'cwd'>): Promise<ScanTarget[]> {
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch((error: unknown) => {
    throw new CliError(exitCodes.usage, `cannot read the spec ${file}: ${messageOf(error)}`, { cause: error });
  });
  const yaml = readYaml(text);
  if (!yaml.ok) throw new SpecFileError(file, yaml.issues);
  const result = schema.safeParse(yaml.text.value);
  if (!result.success) {
    const issues = result.error.issues.map((issue) => {
      const path = issue.path.filter((key) => typeof key !== 'symbol');
      return yaml.text.locate({ path, message: issue.message });
    });
    throw new SpecFileError(file, issues);
  }
  const { ssh, hosts } = result.data;
  return hosts.map((host) => ({
    name: host.name,
    address: host.address,
    port: host.ssh?.port ?? ssh.port,
    known: host.hostKey,
  }));
}
