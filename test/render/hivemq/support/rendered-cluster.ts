import { XMLParser } from 'fast-xml-parser';
import { resolveHost, formatIssue, parseClusterSpec } from '../../../../src/domain/spec/index.js';
import { asHivemqSpec, type HivemqSpec } from '../../../../src/domain/products/hivemq/spec/index.js';
import { clusterXml } from '../../../../src/render/products/hivemq/cluster-xml.js';
import { discoveryManifest } from '../../../../src/render/products/hivemq/discovery-manifest.js';
import { renderXml } from '../../../../src/render/xml.js';
import { mustBeWellFormed } from '../../../../src/sandbox/broker/config/well-formed.js';
import { exampleSpec } from '../../../domain/spec/example.js';

/** All that is wrong with the example once the change is laid over it, one line each. */
export function refusals(change: object): string[] {
  const result = parseClusterSpec({ ...exampleSpec(), ...change });
  return result.ok ? [] : result.issues.map(formatIssue);
}

/** The example with a change, read. */
export function specOf(change: object): HivemqSpec {
  const result = parseClusterSpec({ ...exampleSpec(), ...change });
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  return asHivemqSpec(result.spec);
}

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });

/** The cluster element of a node as text. */
export function clusterText(spec: HivemqSpec, name = 'n1'): string {
  const members = spec.hosts.filter(({ roles }) => roles.includes('node')).map((host) => resolveHost(spec, host));
  const host = members.find((one) => one.name === name);
  if (!host) throw new Error(`no host ${name}`);
  return renderXml({ hivemq: { cluster: clusterXml(spec, members.slice(0, spec.nodes), host) } });
}

/** The cluster element of a node, read by a parser of XML; values are text, as they stand. @throws when it is not well-formed */
export function clusterElement(spec: HivemqSpec, name = 'n1'): unknown {
  const text = clusterText(spec, name);
  mustBeWellFormed(text);
  return at(parser.parse(text), 'hivemq.cluster');
}

/** The value at a path of names with dots between them; undefined where there is none. */
export function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const found: unknown = Reflect.get(value, key);
    return found;
  }, tree);
}

/** A file of discovery as a map: the text before the first colon or equals sign of each line, and what follows. */
export function propertiesOf(spec: HivemqSpec): Record<string, string> {
  const { files, secretFiles } = discoveryManifest(spec);
  const text = files[0]?.content ?? secretFiles[0]?.template ?? '';
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, key = '', value = ''] = /^([^:=]*)[:=](.*)$/.exec(line) ?? [];
        return [key, value];
      }),
  );
}
