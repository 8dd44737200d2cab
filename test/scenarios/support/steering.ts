import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { queryProgress } from '../../../src/client/temporal/index.js';
import type { OperationProgress } from '../../../src/domain/operations/index.js';
import type { openDesk } from '../../client/cli/spec/run-cli.js';
import { until } from '../../support/until.js';
import type { Scenario } from './scenario.js';

/** How people look at an operation and steer it, and how others see what comes of it. */
export interface Steering {
  readonly progress: (id: string) => Promise<OperationProgress>;
  /** Runs the command line against the scenario's server. */
  readonly cli: (...args: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;
  /** Waits until a step of that kind is under way. @returns the node that it concerns */
  readonly untilStep: (id: string, kind: string) => Promise<string>;
  /** Which nodes get new connections, by the gate itself. */
  readonly gateStates: () => Promise<unknown>;
}

export function steeringOf(scenario: () => Scenario, desk: ReturnType<typeof openDesk>): Steering {
  const progress: Steering['progress'] = (id) => queryProgress(scenario().session, id);
  return {
    progress,
    cli: async (...args) => {
      const { address, namespace } = scenario().server;
      return await desk.run(...args, '--address', address, '--namespace', namespace);
    },
    untilStep: async (id, kind) => {
      let node: string | undefined;
      await until(async () => {
        const { steps } = await progress(id);
        node = steps.find((step) => step.status === 'running' && step.id.endsWith(`/${kind}`))?.node;
        return node !== undefined;
      }, 60_000);
      expect(node).toBeDefined();
      return node ?? '';
    },
    gateStates: async () => {
      const gate = path.join(scenario().stage.host('lb1').root, 'bin', 'gate');
      const { stdout } = await promisify(execFile)(gate, ['states']);
      const states: unknown = JSON.parse(stdout.replace(/^ok /, ''));
      return states;
    },
  };
}
