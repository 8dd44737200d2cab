import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { buildDistribution, buildRecoveryTool } from '../distribution/index.js';
import type { Distribution } from './spec.js';

/** The archives that a stage's cluster is made from. */
export interface Packages {
  readonly distribution: Distribution;
  /** Path of the recovery tool's archive. */
  readonly recoveryTool: string;
}

/**
 * Makes the packages of the simulated broker in these versions, and its recovery tool.
 *
 * @param folder where they go; made when missing
 */
export async function makePackages(folder: string, versions: readonly string[]): Promise<Packages> {
  await mkdir(folder, { recursive: true });
  const fileOf = (version: string): string => path.join(folder, `hivemq-${version}.zip`);
  const [tool, ...archives] = await Promise.all([
    buildRecoveryTool({ outFile: path.join(folder, 'hivemq-recovery-tool.zip') }),
    ...versions.map((version) => buildDistribution({ version, outFile: fileOf(version) })),
  ]);
  const sha256 = Object.fromEntries(versions.map((version, index) => [version, archives[index]?.sha256 ?? '']));
  return { distribution: { file: fileOf('{version}'), sha256 }, recoveryTool: tool.file };
}
