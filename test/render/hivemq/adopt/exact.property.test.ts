import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asHivemqSpec, type HivemqSpec } from '../../../../src/domain/products/hivemq/spec/index.js';
import { formatIssue, parseClusterSpec } from '../../../../src/domain/spec/index.js';
import { renderConfigXml } from '../../../../src/render/products/hivemq/config-xml.js';
import { specOf } from '../../../../src/render/products/hivemq/adopt.js';
import { installationOf } from '../../../domain/products/hivemq/adopt/installations.js';
import { wholeSpec } from '../../../domain/spec/support/spec-arbitrary.js';

function parsed(value: unknown): HivemqSpec {
  const result = parseClusterSpec(value);
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  return asHivemqSpec(result.spec);
}

const allowAll = { id: 'hivemq-allow-all-extension', name: 'Allow', version: '1.0.0', enabled: true };

it('reads what any valid spec renders back into a spec that renders the same on every node', () => {
  fc.assert(
    fc.property(wholeSpec, (value) => {
      const spec = parsed(value);
      const members = ['n1', 'n2', 'n3', 'n4'].slice(0, spec.nodes);
      const extensions = [allowAll, ...spec.extensions.map(({ id, enabled }) => ({ ...allowAll, id, enabled }))].map(
        (one) => ({ ...one, folder: `/opt/hivemq/extensions/${one.id}`, files: [] }),
      );
      const texts = members.map((name) => [name, renderConfigXml(spec, members, name)] as const);
      const packed = Object.fromEntries(spec.extensions.map(({ id }) => [id, { sha256: 'ab'.repeat(32), bytes: 1 }]));
      const { name, broker, ssh, hosts } = value as Parameters<typeof specOf>[0];
      const { product, package: source } = broker;
      const found = specOf(
        { name, broker: { product, package: source }, ssh, hosts },
        Object.fromEntries(texts.map(([host, text]) => [host, installationOf(text, { extensions })])),
        packed,
      );
      expect(found.problems).toEqual([]);
      expect(found.spec).not.toHaveProperty('configOverride');
      const again = parsed(found.spec);
      for (const [host, text] of texts) expect(renderConfigXml(again, members, host)).toBe(text);
    }),
    { numRuns: 25 },
  );
});
