import type { CheckFacts } from '../../domain/checks/index.js';
import type { FactRequest } from './index.js';

export function readBalancer(_request: FactRequest): Promise<CheckFacts['balancer']> {
  return Promise.resolve(undefined);
}
