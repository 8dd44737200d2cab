import { discoveryBuckets } from '../../../adapters/s3/index.js';
import { isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import type { ClusterSession } from '../../cluster-session.js';
import { bucketViews } from './bucket-access.js';
import { placeOf } from './bucket-facts.js';
import { participantsOf } from './participants.js';

/** Hosts from whose point of view the bucket is asked, one after the other, until one reaches it. */
const askedAtMost = 3;

/**
 * Removes what a node that does not run still announces in the bucket of S3 discovery: a node that stopped in order has
 * done so itself, one that crashed has not, and others would try to reach it until the announcement expires.
 * @returns what was done, as the end of a sentence; empty when there was nothing to do
 */
export async function forgetAnnouncement(session: ClusterSession, name: string, signal: AbortSignal): Promise<string> {
  const { bucket } = session.product.discovery(session.spec);
  if (bucket === null) return '';
  try {
    // Any node has keys to the bucket, where they lie on the nodes.
    const hosts = await participantsOf(session, [...new Set([name, ...session.members])].slice(0, askedAtMost), signal);
    const views = await bucketViews(session, bucket, hosts);
    for (const { access } of views) {
      const state = await discoveryBuckets.bucketState(access, { signal });
      if (!state.reachable) continue;
      const { announcements } = await discoveryBuckets.announced(access, { signal });
      const own = announcements.filter(({ host, port }) => `${host}:${port}` === placeOf(session, name));
      const removed = await Promise.all(
        own.map(({ key }) => discoveryBuckets.removeAnnouncement(access, key, { signal })),
      );
      return removed.includes('removed') ? ', its announcement removed from the bucket' : '';
    }
    return views.length === 0 ? '' : ', the bucket was not reached: what it announces there expires by itself';
  } catch (error) {
    signal.throwIfAborted();
    // Not worth failing for: others take it for dead as they find nobody there.
    if (isHivekeeperError(error)) return `, its announcement was not looked for: ${messageOf(error)}`;
    throw error;
  }
}
