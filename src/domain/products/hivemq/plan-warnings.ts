import type { NodeObservation } from '../../observation/index.js';
import type { HivemqSpec } from './spec/index.js';

/**
 * HiveMQ's installation guide: without a license it runs in trial mode by itself; which limits that has depends on the
 * version.
 */
const evaluation =
  'no license (.lic) in the spec: HiveMQ runs in evaluation mode, which limits the number of connections; `hivekeeper add-license` adds one';

/** What somebody who looks at a cluster or changes it should know of its licenses. */
export function licenseWarnings({ licenses }: HivemqSpec, nodes: readonly NodeObservation[]): string[] {
  return [
    ...(licenses.some(({ name }) => name.endsWith('.lic')) ? [] : [evaluation]),
    ...nodes.flatMap(({ host, corruptLicenses }) =>
      Object.entries(corruptLicenses)
        .filter(([file]) => licenses.some(({ name }) => name === file))
        .map(([file, line]) => `${host}: the broker has refused the license ${file} since its start: ${line}`),
    ),
  ];
}
