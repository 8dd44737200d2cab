import type { CheckFacts } from '../../domain/checks/index.js';
import type { FactRequest } from './index.js';

export function readCpu(_request: FactRequest): Promise<CheckFacts['cpu']> {
  return Promise.resolve(undefined);
}
