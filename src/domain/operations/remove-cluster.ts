import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { parallel, sequence } from '../plan/index.js';
import { members, nodeOf, retireBalancers } from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation } from './define-operation.js';

export const removeCluster = defineOperation({
  type: 'removeCluster',
  summary: 'Stops a cluster for good, node by node; every data folder is moved aside, none is deleted.',
  input: z.strictObject({
    ...commonInput,
    confirm: z.string().optional().describe('The name of the cluster, typed again.'),
  }),
  lease: true,
  cli: {
    command: 'remove',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'confirm',
        field: 'confirm',
        value: 'NAME',
        type: 'string',
        describe: 'The name of the cluster, typed again.',
      },
    ],
    examples: ['hivekeeper remove test --dry-run', 'hivekeeper remove test --confirm test --wait'],
  },
  plan: (context, input) => {
    const { spec } = context;
    if (!input.dryRun && input.confirm !== spec.name) {
      throw new HivekeeperError(
        'ConfirmationMissing',
        `${spec.name}: removing the cluster stops all its nodes; give confirm: ${spec.name}`,
      );
    }
    const current = members(context);
    const running = current.filter((host) => nodeOf(context, host).process?.running === true);
    return {
      title: `Remove ${spec.name}`,
      changes: current.map((host) => `${host} is stopped and retired, its data kept`),
      members: [],
      root: sequence('remove', `Remove ${spec.name}`, [
        // One after the other, as HiveMQ asks: each hands its data over, so that the last one holds everything.
        sequence(
          'stop',
          'Stop one node after the other',
          [...running].reverse().map((host) =>
            // A stop in the middle of handing over is no safe point.
            sequence(
              `${host}/down`,
              `Take ${host} down`,
              [planStep('stopNode', { host, purpose: 'shutdown', clientsMayStay: true })],
              { atomic: true, node: host },
            ),
          ),
        ),
        parallel(
          'retire',
          'Retire the nodes',
          current.map((host) => planStep('retireNode', { host, cordon: false })),
          { limit: 10 },
        ),
        // Last: until then clients find the nodes that still serve.
        retireBalancers(context),
      ]),
      checks: [{ names: ['really-gone', 'synchronized'], target: null, purpose: 'shutdown' }],
      completes: [{ type: 'removed' }],
    };
  },
});
