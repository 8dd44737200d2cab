import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { resolveHost } from '../../../domain/spec/index.js';
import { memberHosts } from '../../members.js';
import type { RenderedFile } from '../../rendered-file.js';
import { startGuardPath } from '../../systemd/names.js';
import { renderConfigXml } from './config-xml.js';
import { renderServiceEnvironment } from './environment.js';
import { renderLogbackXml } from './logback-xml.js';
import { renderStartGuard } from './start-guard.js';

/**
 * Every file that one node has under its home, for a cluster of these members.
 * @param members names of hosts; whether the node's own is among them makes no difference.
 * @throws HivekeeperError UnknownNode for a name that the spec does not have.
 */
export function renderNode(spec: HivemqSpec, members: readonly string[], name: string): RenderedFile[] {
  const host = resolveHost(spec, memberHosts(spec, members, name).host);
  const files: RenderedFile[] = [
    { path: 'conf/config.xml', content: renderConfigXml(spec, members, name), mode: 0o640 },
    { path: 'conf/logback.xml', content: renderLogbackXml(host), mode: 0o640 },
    { path: 'conf/hivekeeper.env', content: renderServiceEnvironment(spec, host), mode: 0o640 },
  ];
  if (spec.broker.supervisor === 'process') return files;
  return [...files, { path: startGuardPath, content: renderStartGuard(spec, members, name), mode: 0o750 }];
}
