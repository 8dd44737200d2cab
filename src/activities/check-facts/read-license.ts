import type { CheckFacts } from '../../domain/checks/index.js';
import type { FactRequest } from './index.js';

/**
 * What the licenses of the spec cover by its own words: no public source tells how a license file limits nodes. One that
 * a broker calls corrupt covers nothing.
 */
export function readLicense({ session, observation }: FactRequest): Promise<CheckFacts['license']> {
  const coverage = session.product.additions.coverage(session.spec);
  if (coverage.length === 0) return Promise.resolve(undefined);
  const corrupt = (name: string) =>
    observation.nodes.find(({ corruptLicenses }) => corruptLicenses[name] !== undefined);
  const valid = coverage.filter(({ name }) => corrupt(name) === undefined);
  const [first] = coverage;
  const witness = first && corrupt(first.name);
  const problem = first && witness ? `${witness.host} says: ${witness.corruptLicenses[first.name] ?? ''}` : null;
  return Promise.resolve({
    nodes: valid.length === 0 ? 0 : Math.max(...valid.map(({ nodes }) => nodes)),
    problem: valid.length === 0 ? problem : null,
  });
}
