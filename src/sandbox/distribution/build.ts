import { programBundle } from './bundles.js';
import { recoveryScript, recoveryToolScript, runScript } from './scripts.js';
import { allowAllExtensionXml, configXml, logbackXml } from './texts.js';
import { type Archive, writeZip } from '../wire/zip.js';

/**
 * Makes `hivemq-<version>.zip`: HiveMQ's folder layout (Community Edition, src/distribution) with the simulated broker
 * as bin/hivemq.jar.
 * @param options.version any x.y.z
 * @param options.outFile where the archive is written
 */
export async function buildDistribution({ version, outFile }: { version: string; outFile: string }): Promise<Archive> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`"${version}" is not a version x.y.z.`);
  const top = `hivemq-${version}`;
  return writeZip(outFile, [
    { path: `${top}/bin/run.sh`, content: runScript, executable: true },
    { path: `${top}/bin/recovery.sh`, content: recoveryScript, executable: true },
    { path: `${top}/bin/hivemq.jar`, content: await programBundle('hivemq-sim') },
    { path: `${top}/bin/version`, content: `${version}\n` },
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
