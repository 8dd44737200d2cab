import { findHost, packageContent, shieldOf } from '../../domain/spec/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { ResolvedHost } from '../../domain/spec/index.js';
import type { StepInput, StepKind } from '../../domain/steps/index.js';
import { activateProgram } from '../activate-program.js';
import { nftCommands } from '../firewall/commands.js';
import { rendererOf } from '../products/index.js';
import { systemdCommands } from '../systemd/root-commands.js';
import { attendedStartPath, disabledPath } from '../systemd/names.js';
import type { Manual, ManualContext } from './manual.js';
import { productOf } from '../../domain/products/index.js';
import { asBroker, asLogin, comment, word, words } from './shell.js';

type Writer<Kind extends StepKind> = (input: StepInput<Kind>, context: ManualContext) => Manual;

export function hostOf({ spec }: ManualContext, name: string): ResolvedHost {
  const host = findHost(spec, name);
  if (host) return host;
  throw new HivekeeperError(
    'InvalidInput',
    `${spec.name}: the spec has no host ${name}, so there is no runbook for it`,
  );
}

/** Begins every script for a node. */
const home = (context: ManualContext, host: string): string => `home=${word(hostOf(context, host).home)}`;

/** A file on the host that remembers where its log ended, for the wait that follows. */
const mark = '"$home/.hivekeeper/runbook-from"';
const markLog = (log: string): string[] => [
  `from=0; [ ! -r "$home/${log}" ] || from=$(wc -c <"$home/${log}")`,
  `echo "$from" >${mark}`,
];

const asRoot = (argv: readonly string[]): string => words(['sudo', '-n', ...argv]);
const commandsOf = (context: ManualContext, host: string) =>
  systemdCommands({ cluster: context.spec.name, home: hostOf(context, host).home });
const keptBySystemd = ({ spec }: ManualContext): boolean => spec.broker.supervisor === 'systemd';

export const installPackage: Writer<'installPackage'> = ({ host, version }, context) => {
  const { spec } = context;
  const name = productOf(spec).packageName(version);
  const source = packageContent(spec.broker.package, version);
  const hash = source.ok ? source.sha256 : 'SHA256';
  const url = source.ok && 'url' in source.content ? source.content.url : null;
  return {
    act: [
      ...(url === null
        ? comment(`bring the package of ${version} to ${host}: /tmp/${name}.zip, readable by ${spec.broker.user}`)
        : []),
      ...asBroker(host, [
        home(context, host),
        `if [ -d "$home/packages/${name}" ]; then echo "it is there"; exit 0; fi`,
        ...(url === null ? [] : [`[ -r /tmp/${name}.zip ] || curl -fL -o /tmp/${name}.zip ${word(url)}`]),
        `echo "${hash}  /tmp/${name}.zip" | sha256sum -c -`,
        `mkdir -p -- "$home/packages/.${name}.new" && unzip -q -o /tmp/${name}.zip -d "$home/packages/.${name}.new"`,
        `mv -T -- "$home/packages/.${name}.new/${name}" "$home/packages/${name}" && rmdir "$home/packages/.${name}.new"`,
      ]),
    ],
    undo: ['nothing uses it before a node is pointed to it; it may stay'],
  };
};

export const configureNode: Writer<'configureNode'> = ({ host, version }, context) => ({
  look: asBroker(host, [
    home(context, host),
    'read -r pid began <"$home/.hivekeeper/broker.pid" 2>/dev/null || pid=',
    'if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then echo "the broker still runs" >&2; exit 1; fi',
  ]),
  act: [
    ...comment(
      'Its files are right where nothing but the version changes. Where the spec changed, make them, compare, and bring those that differ:',
    ),
    ...comment(`  hivekeeper render FILE --out rendered --node ${host}`),
    ...comment(
      '  without systemd/, sudoers/ and what has @{…} in it: those are references to secrets, and the host has the values',
    ),
    ...asBroker(host, [
      `set -- ${words([hostOf(context, host).home, productOf(context.spec).packageName(version)])}`,
      ...activateProgram.trim().split('\n'),
    ]),
  ],
  undo: [`point it to the package of before: ln -sfn packages/… in ${hostOf(context, host).home}, while it is stopped`],
});

/** As the supervisor does it: known by pid and start time, so that Hivekeeper knows the broker again later. */
const startAsProcess = (script: string): string[] => [
  `if [ -e "$home/${disabledPath}" ]; then echo "it was disabled when it left the cluster" >&2; exit 1; fi`,
  'cd "$home/current"',
  'set -a',
  'for file in hivekeeper.env hivekeeper-secrets.env; do [ ! -r "$home/conf/$file" ] || . "$home/conf/$file"; done',
  'set +a',
  'ulimit -n "$(ulimit -Hn)" 2>/dev/null || true',
  'rm -f -- "$home/.hivekeeper/broker.pid"',
  "HIVEKEEPER_STATE=$home/.hivekeeper setsid sh -c '",
  '  stat=$(cat /proc/$$/stat)',
  '  stat=${stat##*) }',
  '  script=$1',
  '  set -- $stat',
  '  echo "$$ ${20}" >"$HIVEKEEPER_STATE/broker.pid"',
  '  unset HIVEKEEPER_STATE',
  '  exec "$script"',
  `' sh "$home/current/bin/${script}" </dev/null >>"$home/log/console.log" 2>&1 &`,
];

/** Without a cluster nobody else holds its data, so that the node starts from its own. */
const startScript = ({ spec }: ManualContext): string => (productOf(spec).clustered(spec) ? 'run.sh' : 'recovery.sh');

export const startNode: Writer<'startNode'> = ({ host, version, members, back }, context) => {
  const { manual } = rendererOf(context.spec);
  const { resetFailed, start, enable } = commandsOf(context, host);
  const before = [home(context, host), ...markLog(manual.log), ...manual.beforeStart];
  const begin = keptBySystemd(context)
    ? [
        ...asBroker(host, [...before, `cat /proc/sys/kernel/random/boot_id >"$home/${attendedStartPath}"`]),
        ...asLogin(host, [`${asRoot(resetFailed)} || true`, asRoot(enable), asRoot(start)]),
      ]
    : asBroker(host, [...before, ...startAsProcess(startScript(context))]);
  return {
    act: begin,
    wait: [
      ...asBroker(host, [home(context, host), `from=$(cat ${mark})`, ...manual.started]),
      ...members.map((member) => `until_serving ${word(member)} ${members.length}`),
    ],
    undo:
      back === undefined
        ? [`stop ${host} as above; its data of before lies in data/cluster-backup or below data-kept`]
        : [
            `stop ${host}, point it to ${back} as above, and start it: it is filled from the others. ${version} keeps nothing of its own`,
          ],
  };
};

const firewallOf = ({ spec }: ManualContext, host: string) =>
  nftCommands({ cluster: spec.name, host, ports: productOf(spec).clientPorts(spec, host) });

export const closeTraffic: Writer<'closeTraffic'> = ({ host }, context) => gate(context, host, 'close');
export const openTraffic: Writer<'openTraffic'> = ({ host }, context) => gate(context, host, 'open');

function gate(context: ManualContext, host: string, how: 'close' | 'open'): Manual {
  const { spec } = context;
  const other = how === 'close' ? 'open' : 'close';
  const undo = [`${other} it again in the same way`];
  if (shieldOf(spec) === 'firewall') {
    const commands = firewallOf(context, host);
    const argvs = how === 'close' ? commands.close : commands.open;
    return {
      act: asLogin(
        host,
        argvs.map((argv) => asRoot(argv)),
      ),
      undo,
    };
  }
  const balancer = spec.loadBalancer;
  const { backend } = productOf(spec).ports(spec, host);
  const said =
    balancer?.product === 'command'
      ? `at the worker: the command ${how} of its hook ${balancer.hook}, with {host} ${host} and {backend} ${backend}`
      : `at the load balancer: ${how === 'close' ? 'no new connections' : 'new connections again'} to ${host}, ${backend}`;
  return { act: comment(`by hand ${said}`), undo };
}

export const drainNode: Writer<'drainNode'> = ({ host }, context) => ({
  act: asLogin(host, rendererOf(context.spec).manual.moveClients(context.spec, host)),
  undo: ['open the way to it again; its clients come back by themselves'],
});

export const stopNode: Writer<'stopNode'> = ({ host, purpose }, context) => {
  const { spec } = context;
  const { manual } = rendererOf(spec);
  const { stop } = commandsOf(context, host);
  const handsOver = purpose !== 'shutdown' && productOf(spec).clustered(spec);
  return {
    act: [
      ...asBroker(host, [home(context, host), ...markLog(manual.log)]),
      ...(keptBySystemd(context)
        ? asLogin(host, [asRoot(stop)])
        : asBroker(host, [
            home(context, host),
            'read -r pid began <"$home/.hivekeeper/broker.pid"',
            'kill -TERM "$pid"',
            '# However long it takes: what it holds goes to the others now. Never use kill -9 here.',
            'while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done',
          ])),
    ],
    wait: asBroker(host, [
      home(context, host),
      `from=$(cat ${mark})`,
      `log=$(tail -c +"$((from + 1))" "$home/${manual.log}")`,
      ...(handsOver ? manual.handedOver : ['printf \'%s\\n\' "$log" | tail -n 3']),
    ]),
    undo: [`start ${host} again as below`],
  };
};

export const retireNode: Writer<'retireNode'> = ({ host, cordon }, context) => ({
  act: [
    ...(keptBySystemd(context) ? asLogin(host, [asRoot(commandsOf(context, host).disable)]) : []),
    ...asBroker(host, [
      home(context, host),
      `: >"$home/${disabledPath}"`,
      'mkdir -p -- "$home/data-kept"',
      'mv -T -n -- "$home/data" "$home/data-kept/$(date -u +%Y%m%dT%H%M%S000Z)-retired" && mkdir -m 750 -- "$home/data"',
    ]),
    ...comment(
      `the record still names it: run the operation again once Hivekeeper is back${cordon ? `; it cordons ${host}` : ''}`,
    ),
  ],
  undo: [`remove ${disabledPath} below its home, and let it join again with \`hivekeeper scale\``],
});

export const updateMembers: Writer<'updateMembers'> = ({ host, members }) => ({
  act: comment(
    `by hand: in conf/config.xml of ${host}, <discovery>, one <node> for each of ${members.join(', ')}; ` +
      `\`hivekeeper render FILE --out rendered --node ${host}\` writes it. It counts from the next start, so nothing restarts`,
  ),
});

export const applySettings: Writer<'applySettings'> = ({ host }) => ({
  act: comment(
    `by hand: bring ${host} the files of \`hivekeeper render FILE --out rendered --node ${host}\` that its broker takes up while it runs (logback.xml, extensions, licenses, stores), each by a rename, and see in log/hivemq.log that it took them`,
  ),
  undo: ['put the file of before back in the same way'],
});

const everyone = (members: readonly string[]): string[] =>
  members.map((member) => `until_serving ${word(member)} ${members.length}`);

export const verifyCluster: Writer<'verifyCluster'> = ({ members }) => ({ act: [], wait: everyone(members) });

export const soakNode: Writer<'soakNode'> = ({ host, soak, members, back }) => ({
  act: comment(`watch ${host} for ${soak / 1000} s: its log, its clients, their errors`),
  wait: [
    `looks=0; while [ "$looks" -lt ${Math.ceil(soak / 5000)} ]; do serving ${word(host)} ${members.length}; looks=$((looks + 1)); sleep 5; done`,
  ],
  ...(back !== undefined && { undo: [`stop ${host}, point it to ${back} as above, and start it`] }),
});
