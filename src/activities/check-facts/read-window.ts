import type { CheckFacts } from '../../domain/checks/index.js';
import type { FactRequest } from './index.js';

export function readWindow(_request: FactRequest): Promise<CheckFacts['window']> {
  return Promise.resolve(undefined);
}
