import type { CheckFacts } from '../../domain/checks/index.js';
import { windowAt } from '../../domain/windows/index.js';
import type { FactRequest } from './index.js';

/** The windows of the policy by the clock of the worker; undefined where it names none. */
export function readWindow({ session }: Pick<FactRequest, 'session'>): Promise<CheckFacts['window']> {
  const { maintenanceWindows } = session.spec.policy;
  return Promise.resolve(maintenanceWindows.length === 0 ? undefined : windowAt(maintenanceWindows, new Date()));
}
