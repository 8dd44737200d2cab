import { asHivemqSpec, healthEndpoint, restEndpoint } from '../../../domain/products/hivemq/spec/index.js';
import { type ClusterSpec, findHost } from '../../../domain/spec/index.js';
import type { ProductManual } from '../../runbook/manual.js';
import { word } from '../../runbook/shell.js';

const urlOf = (endpoint: { address: string; port: number } | null | undefined): string | null =>
  endpoint
    ? `http://${endpoint.address.includes(':') ? `[${endpoint.address}]` : endpoint.address}:${endpoint.port}`
    : null;

const healthUrl = (spec: ClusterSpec, name: string): string | null => {
  const host = findHost(spec, name);
  return host ? urlOf(healthEndpoint(asHivemqSpec(spec), host)) : null;
};

/** A case of each host with its health API. */
const cases = (spec: ClusterSpec, hosts: readonly string[]): string[] => [
  '  case "$1" in',
  ...hosts.map((host) => `    ${word(host)}) url=${word(healthUrl(spec, host) ?? 'none')} ;;`),
  '    *) url=none ;;',
  '  esac',
];

/** Health API: HiveMQ user guide, "Health API"; its body is read whatever its status is, since an extension may be down. */
function helpers(spec: ClusterSpec, hosts: readonly string[]): string[] {
  const clustered = asHivemqSpec(spec).cluster.enabled;
  return [
    'serving() { # serving HOST COUNT: fails unless the node serves and sees COUNT members',
    ...cases(spec, hosts),
    '  { echo "url=$url count=$2"; cat <<\'END_OF_LOOK\'',
    'curl -fsS -o /dev/null --max-time 5 "$url/api/v1/health/readiness"',
    'body=$(curl -sS --max-time 5 "$url/api/v1/health/" | tr -d "\\n")',
    ...(clustered
      ? [
          'echo "$body" | grep -Eq \'"node-state" *: *"RUNNING"\' || { echo "it joins, merges or leaves" >&2; exit 1; }',
          'if echo "$body" | grep -Eq \'"is-leave-replication-in-progress" *: *true\'; then echo "it replicates" >&2; exit 1; fi',
          'seen=$(echo "$body" | grep -o \'"cluster-nodes" *: *\\[[^]]*\\]\' | grep -o \'"[^"]*"\' | wc -l)',
          '[ "$((seen - 1))" = "$count" ] || { echo "it sees $((seen - 1)) members, not $count" >&2; exit 1; }',
        ]
      : []),
    'END_OF_LOOK',
    '  } | at "$1" || { echo "$1 does not serve as it should; stop here" >&2; return 1; }',
    '}',
    'until_serving() { until serving "$1" "$2" 2>/dev/null; do sleep 1; done; }',
  ];
}

/** REST API: HiveMQ OpenAPI, `/api/v1/mqtt/clients`. Sessions stay, and wills are published only where the policy says so. */
function moveClients(common: ClusterSpec, name: string): string[] {
  const spec = asHivemqSpec(common);
  const host = findHost(common, name);
  const api = host ? urlOf(restEndpoint(spec, host)) : null;
  const health = healthUrl(common, name);
  if (api === null || health === null) {
    return ['# There is no REST API, so its clients move when the node stops: see that they reconnect elsewhere.'];
  }
  const { clientsPerSecond, wills } = spec.policy.drain;
  const { auth } = spec.restApi;
  const header = auth === undefined ? '' : ' -H @rest-header';
  return [
    ...(header === ''
      ? []
      : [
          '# Put the header of restApi.auth into the file rest-header on that host first; its value is a secret at the worker.',
        ]),
    `api=${api}/api/v1/mqtt/clients`,
    `self=$(curl -sS ${health}/api/v1/health/ | tr -d "\\n" | sed -n 's/.*"node-id" *: *"\\([^"]*\\)".*/\\1/p')`,
    'while :; do',
    '  here=0',
    `  for id in $(curl -fsS${header} "$api?limit=2500" | grep -o '"id" *: *"[^"]*"' | sed 's/.*: *"//; s/"$//'); do`,
    `    one=$(curl -sS${header} "$api/$id")`,
    '    echo "$one" | grep -Eq \'"connected" *: *true\' && echo "$one" | grep -q "\\"$self\\"" || continue',
    '    here=$((here + 1))',
    `    curl -sS -o /dev/null${header} -X DELETE "$api/$id/connection?preventWillMessage=${wills !== 'publish'}"`,
    `    sleep ${(1 / clientsPerSecond).toFixed(3)}`,
    '  done',
    '  [ "$here" = 0 ] && break',
    '  echo "$here clients were here; looking again"',
    '  sleep 1',
    'done',
  ];
}

export const hivemqManual: ProductManual = {
  helpers,
  moveClients,
  log: 'log/hivemq.log',
  // Lines: HiveMQ user guide, "Node Synchronization".
  handedOver: [
    "printf '%s\\n' \"$log\" | grep -q 'Finished cluster replication successfully' || {",
    '  echo "it ended without handing its data over: keep its data folder, start it again, stop no other node" >&2; exit 1; }',
  ],
  started: [
    'until tail -c +"$((from + 1))" "$home/log/hivemq.log" | grep -q \'Started HiveMQ in\'; do',
    '  if tail -c +"$((from + 1))" "$home/log/hivemq.log" | grep -E \'Using (HiveMQ )?default config|Could not start .*Listener|HiveMQ start was cancelled\'; then',
    '    echo "it did not start as asked" >&2; exit 1; fi',
    '  sleep 1',
    'done',
  ],
  // run.sh moves the data to data/cluster-backup and keeps one copy only.
  beforeStart: [
    'if [ -n "$(ls -A -- "$home/data/cluster-backup" 2>/dev/null)" ]; then',
    '  mkdir -p -- "$home/data-kept"',
    '  mv -T -n -- "$home/data/cluster-backup" "$home/data-kept/$(date -u +%Y%m%dT%H%M%S000Z)-cluster-backup"',
    'fi',
  ],
};
