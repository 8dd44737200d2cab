import {
  asRecordedCheck,
  type CheckDefinition,
  certificateCheck,
  clusterChecks,
  discoveryChecks,
  hostChecks,
  leaseCheckNames,
  recoveryHostCheck,
} from '../../src/domain/checks/index.js';
import { code, madeFrom, table } from './markdown.js';

type Shown = Pick<CheckDefinition<never>, 'name' | 'meaning' | 'remedy' | 'unmet'>;

const rows = (checks: readonly Shown[]): string =>
  table(
    ['check', 'what must be true', 'when it does not hold', 'what to do'],
    checks.map(({ name, meaning, remedy, unmet }) => [
      code(name),
      meaning,
      unmet === 'wait' ? 'a step waits for it' : 'refused',
      remedy,
    ]),
  );

/** The reference page of the checks, made from their declarations. */
export const checksPage = (): string => `# Checks

Named safety predicates. An operation evaluates them before it touches anything, and each step evaluates its own again on a
fresh observation right before it acts; \`hivekeeper check CLUSTER\` evaluates those of a cluster in motion at any time.

${madeFrom('their declarations')}

A check that does not hold can be passed over by name, with a reason that is kept in the history and in the report:

\`\`\`sh
hivekeeper recover prod --override "recovery-host=small data, tried before" --wait
\`\`\`

${leaseCheckNames.map(code).join(', ')} is the lease itself: one operation at a time for each cluster. The cluster's record keeps it, and
nothing passes over it.

## A cluster in motion

${rows(Object.values(clusterChecks))}

## A host, before a node is put on it

${rows(Object.values(hostChecks))}

## Discovery, tried out between the hosts

Before a node is added, and by \`hivekeeper check\`; only what the discovery of the cluster needs is tried.

${rows(Object.values(discoveryChecks))}

## What lies on the nodes

By \`hivekeeper check\`.

${rows([asRecordedCheck])}

## Certificates

By \`hivekeeper check\`, where a listener has TLS.

${rows([certificateCheck])}

## The recovery host

${rows([recoveryHostCheck])}
`;
