import { programBundle } from './bundles.js';
import { recoveryScript, recoveryToolScript, runScript } from './scripts.js';
import { allowAllExtensionXml, configXml, logbackXml } from './texts.js';
import { type Archive, writeZip } from '../wire/zip.js';

export interface DistributionOptions {
  readonly version: string;
  readonly outFile: string;
  readonly fault?: string | undefined;
}

/**
 * Makes `hivemq-<version>.zip`: HiveMQ's folder layout (Community Edition, src/distribution) with the simulated broker
 * as bin/hivemq.jar.
 * @param options.version any x.y.z
 * @param options.outFile where the archive is written
 * @param options.fault what is wrong with it, and after a blank a part of the homes where it shows; default: nothing is
 */
export async function buildDistribution({ version, outFile, fault }: DistributionOptions): Promise<Archive> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`"${version}" is not a version x.y.z.`);
  const top = `hivemq-${version}`;
  return writeZip(outFile, [
    { path: `${top}/bin/run.sh`, content: runScript, executable: true },
    { path: `${top}/bin/recovery.sh`, content: recoveryScript, executable: true },
    { path: `${top}/bin/hivemq.jar`, content: await programBundle('hivemq-sim') },
    { path: `${top}/bin/version`, content: `${version}\n` },
    ...(fault === undefined ? [] : [{ path: `${top}/bin/fault`, content: `${fault}\n` }]),
    { path: `${top}/conf/config.xml`, content: configXml },
    { path: `${top}/conf/logback.xml`, content: logbackXml },
    { path: `${top}/extensions/hivemq-allow-all-extension/hivemq-extension.xml`, content: allowAllExtensionXml },
    { path: `${top}/backup/` },
    { path: `${top}/data/` },
    { path: `${top}/license/` },
    { path: `${top}/log/` },
  ]);
}

/** Makes `hivemq-recovery-tool.zip`, run scripts in bin (HiveMQ documentation, "HiveMQ Recovery Tool"). */
export async function buildRecoveryTool({ outFile }: { outFile: string }): Promise<Archive> {
  const top = 'hivemq-recovery-tool';
  return writeZip(outFile, [
    { path: `${top}/bin/hivemq-recovery-tool`, content: recoveryToolScript, executable: true },
    { path: `${top}/bin/hivemq-recovery-tool.jar`, content: await programBundle('recovery-tool') },
  ]);
}
