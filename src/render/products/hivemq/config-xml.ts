import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { resolveHost } from '../../../domain/spec/index.js';
import { memberHosts } from '../../members.js';
import { renderXml } from '../../xml.js';
import { apiXml, controlCenterXml } from './apis-xml.js';
import { clusterXml } from './cluster-xml.js';
import { limitsXml } from './limits-xml.js';
import { listenersXml } from './listeners-xml.js';

/**
 * config.xml of one node. Every member stands in the discovery list, the node itself included, ordered by name, so that
 * neither the order of the spec nor that of the members changes the file.
 */
export function renderConfigXml(spec: HivemqSpec, members: readonly string[], name: string): string {
  const { host, others } = memberHosts(spec, members, name);
  const list = [host, ...others].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => resolveHost(spec, one));
  const self = resolveHost(spec, host);
  return renderXml({
    hivemq: {
      '@_xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      '#comment': ' Written by Hivekeeper: changes made here are replaced. ',
      listeners: listenersXml(spec.listeners, self),
      cluster: clusterXml(spec, list, self),
      ...limitsXml(spec),
      'rest-api': apiXml(spec.restApi, self, { auth: { enabled: spec.restApi.auth !== undefined } }),
      'health-api': apiXml(spec.healthApi, self),
      'control-center': controlCenterXml(spec.controlCenter, self),
    },
  });
}
