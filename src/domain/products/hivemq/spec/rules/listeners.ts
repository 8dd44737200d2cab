import type { SpecIssue } from '../../../../spec/issue.js';
import { isLoopback } from '../bind-address.js';
import { issueIf, type ClusterRule } from '../cluster/rules/rule.js';
import type { ListenerTlsSpec } from '../listener.js';

/** What would make the key material, as lines of a spec. */
const issuerLines = ['tls:', '  issuer: internal-ca'].join('\n');

const keystoreLines = (what: string) =>
  [
    `${what}:`,
    '  tls:',
    '    keystore: { content: { file: ./keystore.p12 }, password: { env: KEYSTORE_PASSWORD } }',
  ].join('\n');

function tlsProblems(tls: ListenerTlsSpec, issuer: string, path: SpecIssue['path'], what: string): SpecIssue[] {
  return [
    ...issueIf(
      tls.keystore === undefined && issuer === 'files',
      [...path, 'keystore'],
      `TLS needs the node's key and certificate; name a keystore:\n${keystoreLines(what)}\nor let Hivekeeper make one:\n${issuerLines}`,
    ),
    ...issueIf(
      tls.clientAuthenticationMode !== 'NONE' && tls.truststore === undefined,
      [...path, 'truststore'],
      `clientAuthenticationMode ${tls.clientAuthenticationMode} needs the certificates that clients are checked against: ` +
        'write truststore: { certificates: { file: ./clients-ca.pem } }',
    ),
  ];
}

/** Every use of TLS that clients or people see has its key material. */
export const listenerTls: ClusterRule = ({ listeners, controlCenter, tls }) => [
  ...listeners.flatMap((one, index) =>
    'tls' in one ? tlsProblems(one.tls, tls.issuer, ['listeners', index, 'tls'], `- type: ${one.type}`) : [],
  ),
  ...(controlCenter.enabled && controlCenter.https
    ? tlsProblems(controlCenter.https.tls, tls.issuer, ['controlCenter', 'https', 'tls'], 'https')
    : []),
];

/** The places of a list whose key an earlier one has already. */
export function repeated<T>(
  list: readonly T[],
  keyOf: (one: T) => string | undefined,
  path: (index: number) => SpecIssue['path'],
  message: (key: string) => string,
): SpecIssue[] {
  const keys = list.map(keyOf);
  return keys.flatMap((key, index) =>
    key !== undefined && keys.indexOf(key) < index ? [{ path: path(index), message: message(key) }] : [],
  );
}

/** Names of listeners stand in logs and metrics. */
export const listenerNames: ClusterRule = ({ listeners }) =>
  repeated(
    listeners,
    (one) => one.name,
    (index) => ['listeners', index, 'name'],
    (name) => `another listener is named ${name}; give each its own name`,
  );

/** The key material of a listener is called after its port. */
export const tlsPorts: ClusterRule = ({ listeners }) =>
  repeated(
    listeners,
    (one) => ('tls' in one && one.port !== 0 ? String(one.port) : undefined),
    (index) => ['listeners', index, 'port'],
    (port) => `another listener with TLS has the port ${port}, at another address; give each its own port`,
  );

/** Who may reach and enter the interfaces for people. */
export const exposure: ClusterRule = ({ restApi, controlCenter }) => {
  const { https } = controlCenter;
  const open = (address: typeof controlCenter.bindAddress) =>
    controlCenter.enabled && controlCenter.users.length === 0 && !isLoopback(address);
  const message =
    "a Control Center beyond the loopback would be open with the vendor's well-known log-in; name its users, or use loopback";
  return [
    ...issueIf(
      restApi.enabled && !isLoopback(restApi.bindAddress) && restApi.auth === undefined,
      ['restApi', 'bindAddress'],
      'a REST API beyond the loopback needs restApi.auth; or leave it on the loopback, which Hivekeeper reaches over SSH',
    ),
    ...issueIf(controlCenter.http && open(controlCenter.bindAddress), ['controlCenter', 'bindAddress'], message),
    ...(https ? issueIf(open(https.bindAddress), ['controlCenter', 'https', 'bindAddress'], message) : []),
    ...issueIf(
      controlCenter.enabled && !controlCenter.http && https === undefined,
      ['controlCenter', 'http'],
      'the Control Center would be served nowhere: add https: { port: 8443 }, or write http: true, or enabled: false',
    ),
    ...repeated(
      controlCenter.users,
      (user) => user.name,
      (index) => ['controlCenter', 'users', index, 'name'],
      (name) => `another user is named ${name}; give each user one entry`,
    ),
  ];
};
