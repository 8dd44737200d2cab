import { describe, expect, it } from 'vitest';
import { type NodeObservation, unknownNode } from '../../../../src/domain/observation/index.js';
import { hivemq } from '../../../../src/domain/products/hivemq/product.js';
import { asHivemqSpec, type HivemqSpec } from '../../../../src/domain/products/hivemq/spec/index.js';
import { specWith } from '../../support/specs.js';

const node = (more: Partial<NodeObservation>): NodeObservation => ({ ...unknownNode('n1', ''), ...more });
const warnings = (names: readonly string[], nodes: readonly NodeObservation[] = []): string[] => {
  const spec = asHivemqSpec(specWith({ hosts: ['n1', 'n2'], nodes: 2 }));
  const licenses = names.map((name) => ({ name, content: { stored: 'ab'.repeat(32) } }));
  const licensed: HivemqSpec = { ...spec, licenses };
  return hivemq.warnings(licensed, nodes);
};

describe('licenses', () => {
  it.each([[[]], [['bridge.elic', 'hub.plic']]])('%j: none is of the broker, so it is evaluated only', (names) => {
    expect(warnings(names)).toEqual([expect.stringMatching(/evaluation mode/)]);
  });

  it('of the broker ends that', () => {
    expect(warnings(['prod.lic', 'bridge.elic'])).toEqual([]);
  });

  it('that a broker has refused since its start are told with its own line, if they are ours', () => {
    const corruptLicenses = { 'prod.lic': 'License file prod.lic is corrupt.', 'own.lic': 'whatever' };
    expect(warnings(['prod.lic'], [node({ corruptLicenses })])).toEqual([
      'n1: the broker has refused the license prod.lic since its start: License file prod.lic is corrupt.',
    ]);
  });
});
