import { readDiagnosticArchive } from '../../../domain/products/hivemq/diagnostic-archives.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { DrivenNode, Progress } from '../../ports/index.js';
import { membersOf, type HivemqDependencies } from './context.js';
import { restOf } from './rest-api.js';

const path = '/api/v1/management/diagnostic-archives';
/** Milliseconds for which a broker that is making another archive is asked again. */
const patience = 20_000;
const askEvery = 500;

/** POST is all that the REST API has for diagnostic archives (OpenAPI specification 4.30.0). */
export async function requestDiagnostics(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  progress: Progress,
): Promise<string | null> {
  const { clock } = dependencies;
  const { self } = membersOf(node);
  if (self.rest === null) return null;
  const rest = await restOf(dependencies, node.spec, self, progress.signal);
  const deadline = clock.now() + patience;
  for (;;) {
    const response = await rest.callOnce('POST', path);
    const archive = response.status === 200 ? readDiagnosticArchive(response.body) : null;
    if (archive === null) throw rest.refusal('make a diagnostic archive', response);
    if (archive.state !== 'FAILED') return archive.id;
    if (clock.now() >= deadline) {
      const message = `${node.name}: the broker makes no diagnostic archive: ${archive.failReason ?? 'it gives no reason'}`;
      throw new HivekeeperError('ApiRefused', message, { host: node.name });
    }
    progress.report(`${node.name}: ${archive.failReason ?? 'no diagnostic archive yet'}`);
    await clock.sleep(askEvery, progress.signal);
  }
}
