import { readBackups, meaningOf } from '../../../domain/products/hivemq/backups.js';
import type { DrivenNode, RunningBackup } from '../../ports/index.js';
import { membersOf, type HivemqDependencies } from './context.js';
import { restOf } from './rest-api.js';

/** `GET /api/v1/management/backups` lists those of all nodes (OpenAPI specification 4.30.0, tag "Backup & Restore"). */
const path = '/api/v1/management/backups';

/** The backup or restore that runs; null: none does. Undefined where the broker has no REST API. */
export async function runningBackup(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  signal?: AbortSignal,
): Promise<RunningBackup | null | undefined> {
  const { self } = membersOf(node);
  if (self.rest === null) return undefined;
  const rest = await restOf(dependencies, node.spec, self, signal);
  const response = await rest.callOnce('GET', path);
  const backups = response.status === 200 ? readBackups(response.body) : null;
  if (backups === null) throw rest.refusal('list its backups', response);
  const running = backups.find(({ state }) => meaningOf(state) === 'running');
  return running === undefined ? null : { id: running.id, state: running.state };
}
