import { expect } from 'vitest';
import type { OperationType } from '../../../src/domain/operations/index.js';
import type { StepKind } from '../../../src/domain/steps/index.js';
import { executions } from './history.js';
import type { Scenario } from './scenario.js';

/** Which operations are run over dead workers by which scenario; together they are all that there are. */
export const crashTests = {
  membership: [
    'checkCluster',
    'decommissionNode',
    'deployCluster',
    'recoverCluster',
    'removeCluster',
    'rollingUpgrade',
    'scaleCluster',
  ],
  extensions: ['addExtension', 'configureExtension', 'disableExtension', 'enableExtension', 'removeExtension'],
  licenses: ['addLicense', 'removeLicense'],
  change: ['applySpec', 'restartNode', 'rollingRestart', 'setCertificates', 'setLogLevel'],
  adoption: ['adoptCluster'],
  users: ['setControlCenterUsers', 'setUsers'],
  deadNodes: ['forgetNode', 'replaceNode'],
  dayTwo: ['diagnoseCluster'],
  undo: ['rollBack'],
} as const satisfies Readonly<Record<string, readonly OperationType[]>>;

/** The operations that were run over dead workers. */
export class DeadWorkers {
  readonly covered = new Set<OperationType>();

  constructor(
    private readonly scenario: () => Scenario,
    private readonly cluster: string,
  ) {}

  /**
   * Runs an operation while one worker after the other is killed: each after it has done what the named activity does, and
   * before it could say so. The last worker takes the operation to its end.
   */
  async run(
    type: OperationType,
    input: Readonly<Record<string, unknown>>,
    dieAfter: readonly (StepKind | 'preparePlan')[],
    whileDead: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    this.covered.add(type);
    const { session } = this.scenario();
    let worker = await this.scenario().worker(dieAfter[0]);
    const operation = await this.scenario().start(type, { cluster: this.cluster, ...input });
    const deaths: { activityId: unknown; type: string; successor: string }[] = [];
    for (const [index, kind] of dieAfter.entries()) {
      expect(await worker.ended).toBe('SIGKILL');
      await whileDead();
      const words = worker.lastWords();
      expect(words).toMatchObject({ attempt: 1, pid: worker.pid });
      worker = await this.scenario().worker(dieAfter[index + 1]);
      const activityId: unknown = typeof words === 'object' && words !== null && Reflect.get(words, 'activityId');
      deaths.push({ activityId, type: kind, successor: worker.identity });
    }
    const end = await this.scenario().endOf(operation);
    await worker.stop();
    expect(end.failure).toBeUndefined();

    const history = await executions(session, operation.workflowId);
    for (const { activityId, type: kind, successor } of deaths) {
      const found = history.find((execution) => execution.activityId === activityId);
      expect(found).toMatchObject({ type: kind, attempt: 2, identity: successor });
      expect(found?.lastFailure).toContain('Heartbeat timeout');
    }
    expect(new Set(deaths.map(({ successor }) => successor)).size).toBe(deaths.length);
  }
}
