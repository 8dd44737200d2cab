import { z } from 'zod';
import { type NodeChange, sequence } from '../plan/index.js';
import {
  applyHot,
  changeLines,
  hotReasons,
  members,
  nodeOf,
  type PlanContext,
  reopen,
  serves,
} from '../planning/index.js';
import { logLevels, productOf } from '../products/index.js';
import { commonInput, defineOperation } from './define-operation.js';

export const setLogLevel = defineOperation({
  type: 'setLogLevel',
  summary: 'Changes the level of the brokers’ logs while they run; the spec in the record is changed with it.',
  input: z.strictObject({
    ...commonInput,
    level: z.enum(logLevels).describe('The least important level that is logged.'),
  }),
  lease: true,
  cli: {
    command: 'log-level',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'level', field: 'level', describe: `One of ${logLevels.join(', ')}.` },
    ],
    options: [],
    examples: ['hivekeeper log-level prod DEBUG --wait', 'hivekeeper log-level prod INFO --wait'],
  },
  adjustSpec: (spec, input) => productOf(spec).withLogLevel(spec, input.level),
  plan: (context, input) => {
    const { spec } = context;
    const current = members(context);
    const nodes = current.map((host) => change(context, host));
    const hot = nodes.filter((node) => node.change === 'hot').map(({ host }) => host);
    const down = current.filter((host) => !serves(context, host));
    const title = `Log of ${spec.name} at ${input.level}`;
    return {
      title,
      changes: changeLines(nodes),
      warnings: [
        ...down.map((host) => `${host} does not serve; it logs at ${input.level} from its next start`),
        ...(hot.length > 0
          ? [`put logLevel: ${input.level} into the spec file too, or the next apply sets it back`]
          : []),
      ],
      members: current,
      root: sequence('log-level', title, [
        reopen(
          context,
          current.filter((host) => serves(context, host)),
        ),
        applyHot(hot, current),
      ]),
      nodes,
      checks: [],
      accepts: [{ type: 'specAccepted', spec: { ...spec } }],
    };
  },
});

/** A node whose host does not tell what it was given is given everything. */
function change(context: PlanContext, host: string): NodeChange {
  if (!serves(context, host)) return { host, change: 'untouched', why: [] };
  const unknown = nodeOf(context, host).identity?.hot === undefined;
  const why = unknown ? ['its present settings are not known'] : hotReasons(context, host);
  return { host, change: why.length > 0 ? 'hot' : 'untouched', why };
}
