import { z } from 'zod';
import { sequence } from '../plan/index.js';
import { installOn, members, nodeOf, refuseLostMembers, reopen, roll, serves } from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation, versionSchema } from './define-operation.js';
import { rollChecks } from './roll-checks.js';

export const rollingUpgrade = defineOperation({
  type: 'rollingUpgrade',
  summary: 'Brings every node to a version, one at a time, drained and synchronized before each stop.',
  input: z.strictObject({ ...commonInput, version: versionSchema.describe('The version to upgrade to, x.y.z.') }),
  lease: true,
  cli: {
    command: 'upgrade',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'to',
        field: 'version',
        value: 'VERSION',
        type: 'string',
        required: true,
        describe: 'The version to upgrade to.',
      },
    ],
    examples: ['hivekeeper upgrade prod --to 4.31.0 --dry-run', 'hivekeeper upgrade prod --to 4.31.0 --wait'],
  },
  adjustSpec: (spec, input) => ({ ...spec, broker: { ...spec.broker, version: input.version } }),
  plan: (context, input) => {
    const { spec } = context;
    const { version } = input;
    const current = members(context);
    refuseLostMembers(context, current);
    // A node already there is not restarted; one that an interrupted upgrade left stopped is brought up.
    const behind = current.filter((host) => nodeOf(context, host).runningVersion !== version || !serves(context, host));
    return {
      title: `Upgrade ${spec.name} to ${version}`,
      changes: behind.map(
        (host) =>
          `${host}: ${nodeOf(context, host).runningVersion ?? nodeOf(context, host).current ?? 'unknown'} -> ${version}`,
      ),
      // Accepted in the spec, since the format is fixed; said here, so that nobody counts on it.
      warnings: ['policy.upgrade (surge, canary, soak, rollback) is not applied by this version'],
      members: current,
      root: sequence('upgrade', `Upgrade ${spec.name} to ${version}`, [
        reopen(
          context,
          current.filter((host) => !behind.includes(host)),
        ),
        installOn(context, behind, version),
        behind.length > 0 ? roll(context, behind, () => version, current) : null,
        behind.length > 0 ? planStep('verifyCluster', { members: current }) : null,
      ]),
      checks: [
        { names: ['versions', 'really-gone'], target: null, purpose: 'restart' },
        ...rollChecks(context, behind),
      ],
      accepts: [{ type: 'specAccepted', spec: { ...spec } }],
    };
  },
});
