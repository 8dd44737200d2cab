import { z } from 'zod';
import { runnableSteps } from '../plan/index.js';
import {
  members,
  refuseLostMembers,
  spareOf,
  type Surge,
  upgradePlan,
  type UpgradeSituation,
} from '../planning/index.js';
import { commonInput, defineOperation, type PlanDraft, versionSchema } from './define-operation.js';
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
  preflight: ({ spec, record }) => {
    if (spec.policy.upgrade.surge !== 'required' || record.membership.surge !== undefined) return [];
    const spare = spareOf({ spec, record });
    return spare === null ? [] : [spare];
  },
  plan: (context, input) => {
    const { spec } = context;
    const { version } = input;
    refuseLostMembers(context, members(context));
    const { situation, surge, root, changes, warnings } = upgradePlan(context, version);
    const acts = runnableSteps(root).length > 0;
    return {
      title: `Upgrade ${spec.name} to ${version}`,
      changes,
      warnings,
      members: situation.lasting,
      root,
      checks: [
        { names: ['versions', 'really-gone'], target: null, purpose: 'restart' },
        ...surgeCheck(situation, surge),
        ...rollChecks(context, situation.behind),
      ],
      accepts: [
        // Else a step of the plan notes it.
        ...(acts ? [] : [{ type: 'specAccepted' as const, spec: { ...spec } }]),
        ...(surge.host === null ? [] : [{ type: 'surging' as const, host: surge.host }]),
      ],
      completes: context.record.membership.surge === undefined && surge.host === null ? [] : [{ type: 'surged' }],
    };
  },
});

/** A surge node runs beside all members. */
function surgeCheck({ lasting }: UpgradeSituation, { host }: Surge): PlanDraft['checks'] {
  if (host === null) return [];
  return [{ names: ['license-covers'], target: null, purpose: 'join', nodesAtOnce: lasting.length + 1 }];
}
