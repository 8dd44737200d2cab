import type { CheckFacts } from '../../domain/checks/index.js';
import type { FactRequest } from './index.js';

export function readLicense(_request: FactRequest): Promise<CheckFacts['license']> {
  return Promise.resolve(undefined);
}
