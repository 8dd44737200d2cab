import type { CheckFacts } from '../../domain/checks/index.js';
import type { FactRequest } from './index.js';

export function readBackup(_request: FactRequest): Promise<CheckFacts['backup']> {
  return Promise.resolve(undefined);
}
