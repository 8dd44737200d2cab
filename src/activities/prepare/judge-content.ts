import { fetchContent } from '../../adapters/content/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { ClusterSession } from '../cluster-session.js';

/**
 * Reads the contents of a spec that must agree with it, and refuses what does not, before anything is planned.
 * @param stored whether contents must be in the store already; a dry run of the command line keeps none
 * @throws HivekeeperError InvalidInput with everything that is wrong
 */
export async function judgeContent(
  session: ClusterSession,
  { stored, signal }: { readonly stored: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { spec, product } = session;
  const { store, secrets } = session.dependencies;
  for (const { key, content, problems } of product.contentToJudge(spec)) {
    if (!stored && 'stored' in content && (await store.has(content.stored)) === null) continue;
    const { sha256 } = await fetchContent(content, store, { secrets, signal });
    const found = problems((await store.read(sha256)).toString('utf8'));
    if (found.length === 0) continue;
    throw new HivekeeperError('InvalidInput', `${spec.name}: ${key} ${found.join('; ')}`, { key, problems: found });
  }
}
