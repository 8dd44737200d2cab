import { readElement, writeElement } from '../../../../../src/domain/products/hivemq/adopt/element.js';
import type { Installation } from '../../../../../src/domain/products/hivemq/adopt/index.js';
import { maskConfig } from '../../../../../src/domain/products/hivemq/adopt/mask-config.js';

export const jarSha256 = 'cd'.repeat(32);

const folder = (path: string) => ({ path, setBy: 'default' as const });

/** A host that runs HiveMQ 4.30.0 with this config.xml, unpacked in /opt/hivemq. */
export function installationOf(config: string, changes: Partial<Installation> = {}): Installation {
  const root = readElement(config);
  const masked = root && maskConfig(root, 'prod');
  const home = changes.home ?? '/opt/hivemq';
  return {
    home,
    layout: 'version-folder',
    realPath: home,
    versionFolder: 'hivemq',
    version: '4.30.0',
    versions: [{ source: 'manifest', version: '4.30.0' }],
    jarSha256,
    config: masked ? writeElement(masked.root) : null,
    configProblem: masked ? null : 'is not well-formed',
    configSha256: 'ef'.repeat(32),
    logback: { level: 'INFO', changes: [] },
    environment: {},
    otherVariables: [],
    strayJavaOptions: [],
    folders: {
      conf: folder(`${home}/conf`),
      data: folder(`${home}/data`),
      log: folder(`${home}/log`),
      license: folder(`${home}/license`),
      extensions: folder(`${home}/extensions`),
      backup: folder(`${home}/backup`),
    },
    licenses: [],
    extensions: [
      {
        id: 'hivemq-allow-all-extension',
        folder: `${home}/extensions/hivemq-allow-all-extension`,
        name: 'Allow All Extension',
        version: '1.0.0',
        enabled: true,
        files: [{ path: 'hivemq-extension.xml', sha256: 'aa'.repeat(32), bytes: 10 }],
      },
    ],
    process: { pid: 7, startTime: '99', user: 'hivemq', commandLine: ['java'], cwd: home, jmxPort: null },
    supervision: { systemd: true, unit: null },
    ports: [{ protocol: 'tcp', address: '0.0.0.0', port: 1883 }],
    java: null,
    secrets: (masked?.found ?? []).map(({ reference, path, kind }) => ({
      reference,
      where: `config.xml: ${path}`,
      kind,
      howToSet: `set ${reference}`,
      variant: null,
    })),
    ...changes,
  };
}
