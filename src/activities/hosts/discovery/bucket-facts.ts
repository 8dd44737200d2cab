import { type Announcement, type BucketState, discoveryBuckets } from '../../../adapters/s3/index.js';
import type { DiscoveryFacts } from '../../../domain/checks/index.js';
import { isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import type { ClusterObservation } from '../../../domain/observation/index.js';
import type { DiscoveryBucket } from '../../../domain/products/index.js';
import type { ClusterSession } from '../../cluster-session.js';
import { type BucketView, bucketViews } from './bucket-access.js';
import type { Participant } from './participants.js';

type Found = Pick<DiscoveryFacts, 'bucket' | 'announcements'>;

/** Whether the bucket can be used, and what it announces against what runs. */
export async function bucketFacts(
  session: ClusterSession,
  bucket: DiscoveryBucket,
  participants: readonly Participant[],
  observation: ClusterObservation,
  { write, signal }: { readonly write: boolean; readonly signal: AbortSignal },
): Promise<Found> {
  const { expires } = bucket;
  const problemOf = (problem: string, askedBy = 'the worker'): Found => ({
    bucket: { askedBy, problem, untested: null, expires },
    announcements: null,
  });
  try {
    const views = await bucketViews(session, bucket, participants);
    const asked = await firstThatReaches(views, { write, signal });
    if (!asked) {
      const untested =
        'not tried: only the brokers themselves have its keys, name them in credentials to have it tried';
      return { bucket: { askedBy: '', problem: null, untested, expires }, announcements: null };
    }
    const { view, state } = asked;
    if (state.problem !== null) return problemOf(state.problem, view.askedBy);
    const { announcements } = await discoveryBuckets.announced(view.access, { signal });
    return {
      bucket: { askedBy: view.askedBy, problem: null, untested: null, expires },
      announcements: compare(session, announcements, observation),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error)) return problemOf(messageOf(error));
    throw error;
  }
}

async function firstThatReaches(
  views: readonly BucketView[],
  options: { readonly write: boolean; readonly signal: AbortSignal },
): Promise<{ view: BucketView; state: BucketState } | undefined> {
  let last: { view: BucketView; state: BucketState } | undefined;
  for (const view of views) {
    const state = await discoveryBuckets.bucketState(view.access, options);
    const asked = { view, state };
    if (state.reachable) return asked;
    last ??= asked;
  }
  return last;
}

/** The members that run, by address, against the announcements. */
function compare(
  session: ClusterSession,
  announcements: readonly Announcement[],
  observation: ClusterObservation,
): DiscoveryFacts['announcements'] {
  const running = observation.nodes.filter(
    ({ host, process }) => session.members.includes(host) && process?.running === true,
  );
  const places = new Map(running.map(({ host }) => [placeOf(session, host), host]));
  // A host that cannot be reached may run all the same.
  const unknown = new Set(
    observation.nodes
      .filter(({ host, reachable }) => session.members.includes(host) && !reachable)
      .map(({ host }) => placeOf(session, host)),
  );
  const announced = new Set(announcements.map(({ host, port }) => `${host}:${port}`));
  return {
    found: announcements.length,
    missing: [...places].filter(([place]) => !announced.has(place)).map(([, host]) => host),
    stale: [...announced].filter((place) => !places.has(place) && !unknown.has(place)),
  };
}

/** Where a node announces itself: the external address and port, else what it binds. */
export function placeOf(session: ClusterSession, host: string): string {
  const { transport } = session.product.ports(session.spec, host);
  return transport === null ? '' : `${transport.address}:${transport.port}`;
}
