import type { ObservedExtension } from '../../../observation/index.js';
import { allowAllExtension, fileRbacExtension } from '../file-rbac/index.js';

/** The vendor's extensions that decide about clients by themselves. */
const deciding = [allowAllExtension, fileRbacExtension, 'hivemq-enterprise-security-extension'];

/** The vendor's extensions that do not; any other one may. */
const indifferent = new Set([
  'hivemq-s3-cluster-discovery-extension',
  'hivemq-dns-cluster-discovery',
  'hivemq-prometheus-extension',
  'hivemq-bridge-extension',
  'hivemq-kafka-extension',
  'hivemq-amazon-kinesis-extension',
  'hivemq-google-cloud-pubsub-extension',
  'hivemq-mongodb-extension',
  'hivemq-mysql-extension',
  'hivemq-postgresql-extension',
  'hivemq-data-lake-extension',
  'hivemq-distributed-tracing-extension',
]);

/** What is wrong with who decides about clients of a broker that runs with these extensions; null where nothing is. */
export function authenticationProblem(extensions: readonly ObservedExtension[]): string | null {
  // One that the broker gave up on decides nothing, whatever its folder says.
  const running = extensions.filter(({ enabled, said }) => enabled && said !== 'failed').map(({ id }) => id);
  const deciders = running.filter((id) => deciding.includes(id));
  const others = deciders.filter((id) => id !== allowAllExtension);
  if (others.length > 0 && deciders.includes(allowAllExtension)) {
    return `${[...others, allowAllExtension].join(' and ')} are enabled, and the last one lets everybody in`;
  }
  if (deciders.length > 0 || running.some((id) => !indifferent.has(id))) return null;
  return 'no extension that decides about clients is enabled, so that the broker lets nobody in';
}
