import { type ClusterSpec, formatIssue, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { exampleSpec } from '../../domain/spec/example.js';

const fingerprint = (letter: string): string => `SHA256:${letter.repeat(43)}`;

export const hosts = {
  n1: { name: 'n1', address: '10.0.0.11', hostKey: fingerprint('A') },
  n2: { name: 'n2', address: '10.0.0.12', hostKey: fingerprint('B') },
  n3: { name: 'n3', address: '10.0.0.13', hostKey: fingerprint('C') },
  lb1: { name: 'lb1', address: '10.0.0.5', hostKey: fingerprint('E'), roles: ['load-balancer'] },
  lb2: { name: 'lb2', address: '10.0.0.6', hostKey: fingerprint('F'), roles: ['load-balancer'] },
};

export const tcp = { listener: 'tcp', port: 1883 };
/** Content as it stands in a spec once the command line has stored it. */
export const stored = (letter: string) => ({ stored: letter.repeat(64) });
export const termination = { certificate: stored('a'), privateKey: stored('b') };

/** A spec file with this HAProxy and these keys. */
export const balancedDocument = (loadBalancer: object = {}, more: object = {}): object => ({
  ...exampleSpec(),
  hosts: Object.values(hosts),
  loadBalancer: { product: 'haproxy', frontends: [tcp], ...loadBalancer },
  ...more,
});

export function balanced(loadBalancer: object = {}, more: object = {}): ClusterSpec {
  const result = parseClusterSpec(balancedDocument(loadBalancer, more));
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  return result.spec;
}
