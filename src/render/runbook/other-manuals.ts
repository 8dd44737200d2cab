import { findHost } from '../../domain/spec/index.js';
import { productOf } from '../../domain/products/index.js';
import type { StepInput, StepKind } from '../../domain/steps/index.js';
import type { Manual, ManualContext } from './manual.js';
import { hostOf } from './node-manuals.js';
import { asBroker, asLogin, comment, word, words } from './shell.js';

type Writer<Kind extends StepKind> = (input: StepInput<Kind>, context: ManualContext) => Manual;

const onlyInTheRecord = (what: string): Manual => ({
  act: comment(
    `nothing on the hosts: ${what} stands in the record, and comes there when the operation is run once Hivekeeper is back`,
  ),
});
const byHand = (text: string): Manual => ({ act: comment(`by hand: ${text}`) });

export const noteVersion: Writer<'noteVersion'> = ({ version }) => onlyInTheRecord(`the version ${version}`);
export const settleVersion: Writer<'settleVersion'> = () => onlyInTheRecord('the version');
export const restoreSpec: Writer<'restoreSpec'> = () => onlyInTheRecord('the spec of before');
export const adoptNode: Writer<'adoptNode'> = ({ host }) => onlyInTheRecord(`that ${host} is taken into care`);

export const awaitWindow: Writer<'awaitWindow'> = (_input, { spec }) =>
  byHand(
    `wait for a maintenance window: ${spec.policy.maintenanceWindows.map(({ cron, timeZone, duration }) => `${cron} (${timeZone}) for ${duration / 60_000} min`).join(', ') || 'the policy names none'}`,
  );
export const awaitClients: Writer<'awaitClients'> = ({ host }, { plan }) => ({
  act: comment(`see in the Control Center of another member that the clients of ${host} are connected again`),
  wait: plan.members
    .filter((member) => member !== host)
    .map((member) => `until_serving ${word(member)} ${plan.members.filter((one) => one !== host).length}`),
});

/** Names of the CA are the worker's. */
export const rotateAuthority: Writer<'rotateAuthority'> = () =>
  byHand(
    'the keys of the internal CA lie at the worker, below tls/ of its data folder; without it wait, the present CA goes on',
  );
export const rotateCertificates: Writer<'rotateCertificates'> = ({ host }) => ({
  ...byHand(`bring ${host} its new stores below conf/tls by a rename each; its broker takes them up while it runs`),
  undo: ['put the stores of before back in the same way'],
});
export const verifyCertificates: Writer<'verifyCertificates'> = ({ host }, context) => ({
  act: asLogin(
    host,
    productOf(context.spec)
      .clientPorts(context.spec, host)
      .map(
        ({ address, port }) =>
          `openssl s_client -connect ${address ?? '127.0.0.1'}:${port} </dev/null 2>/dev/null | openssl x509 -noout -subject -enddate || true`,
      ),
  ),
});

/** Balancers: HAProxy's own check and reload. */
export const configureBalancer: Writer<'configureBalancer'> = ({ host, members }) => ({
  ...byHand(
    `on ${host}, haproxy.cfg with one server line for each of ${members.join(', ')}; \`haproxy -c -f FILE\` before it is put in place, then a reload, which cuts no connection`,
  ),
  undo: ['put the file of before back in the same way'],
});
export const retireBalancer: Writer<'retireBalancer'> = ({ host }) => byHand(`stop HAProxy on ${host}, its files kept`);

/** A dead node: whether it is dead is for people to see, from its own console. */
export const fenceNode: Writer<'fenceNode'> = ({ host }, { spec }) =>
  byHand(
    `power ${host} (${findHost(spec, host)?.address ?? 'unknown address'}) off, and see that nothing of it answers any more`,
  );
export const dropNode: Writer<'dropNode'> = ({ host }) => ({
  act: [
    ...comment(`by hand: make sure that ${host} is off and stays off; take it out of the load balancer`),
    ...comment('its data stays where it is'),
  ],
});
export const removeAnnouncement: Writer<'removeAnnouncement'> = ({ host }) =>
  byHand(`remove what ${host} announces in the bucket of S3 discovery, or wait until it expires`);

const recoveryFolder = (context: ManualContext, recoveryHost: string, label: string): string =>
  `${hostOf(context, recoveryHost).home}/recovery/${label}`;

export const moveData: Writer<'moveData'> = ({ host, label }, context) => ({
  act: asBroker(host, [
    `home=${word(hostOf(context, host).home)}`,
    'mkdir -p -- "$home/data-kept"',
    `mv -T -n -- "$home/data" "$home/data-kept/$(date -u +%Y%m%dT%H%M%S000Z)-${label}" && mkdir -m 750 -- "$home/data"`,
  ]),
  undo: [`move it back, while ${host} is stopped`],
});
export const copyData: Writer<'copyData'> = ({ host, recoveryHost, label }, context) => {
  const target = `${recoveryFolder(context, recoveryHost, label)}/${host}`;
  return {
    act: [
      ...asBroker(recoveryHost, [`mkdir -p -- ${word(target)}`]),
      ...comment('through this machine, as a stream; nothing is kept here'),
      `tar_from() { echo 'cd ${word(hostOf(context, host).home)}/data-kept && tar -cf - -C "$(ls -d -- *-${label} | tail -n 1)" .' | as_broker ${word(host)}; }`,
      `{ printf 'base64 -d <<"END_OF_TAR" | tar -xf - -C ${word(target)}\\n'; tar_from | base64; echo END_OF_TAR; } | as_broker ${word(recoveryHost)}`,
    ],
    undo: ['it is a copy; remove it once the recovery is verified'],
  };
};
export const runRecoveryTool: Writer<'runRecoveryTool'> = ({ recoveryHost, hosts, label }, context) => {
  const folder = recoveryFolder(context, recoveryHost, label);
  const product = productOf(context.spec);
  const argv = product.recoveryArguments(
    hosts.map((host) => `${folder}/${host}`),
    `${folder}/export`,
  );
  return {
    act: [
      ...comment(`unpack recovery.tool of the spec below ${folder}/tool first`),
      ...asBroker(recoveryHost, [
        `cd ${word(folder)}/tool/*/ && mkdir -p ${word(`${folder}/export`)} && ${words([product.recoveryProgram, ...argv])}`,
      ]),
    ],
  };
};
export const placeBackup: Writer<'placeBackup'> = ({ host, recoveryHost, label }, context) =>
  byHand(
    `copy ${recoveryFolder(context, recoveryHost, label)}/export/*.backup from ${recoveryHost} to ${hostOf(context, host).home}/backup of ${host}, owned by ${context.spec.broker.user}`,
  );
export const importBackup: Writer<'importBackup'> = ({ host }) =>
  byHand(
    `import it in the Control Center of ${host}, or by POST to /api/v1/management/backups/{id} of its REST API, and wait for RESTORE_COMPLETED`,
  );
export const verifyRecovery: Writer<'verifyRecovery'> = ({ members }) => ({
  act: comment('compare the number of sessions that the tool has told with the one of the Control Center'),
  wait: members.map((member) => `until_serving ${word(member)} ${members.length}`),
});

/** Diagnostics: what people would collect. */
export const requestArchives: Writer<'requestArchives'> = () =>
  byHand('ask for a diagnostic archive in the Control Center');
export const collectNode: Writer<'collectNode'> = ({ host, logBytes }, context) => ({
  act: [
    ...comment(`its log, ${logBytes} bytes at most; look through it for secrets before it leaves the house`),
    ...asBroker(host, [`tail -c ${logBytes} -- ${word(hostOf(context, host).home)}/log/*.log`]),
  ],
});
export const packDiagnostics: Writer<'packDiagnostics'> = () => byHand('pack what was collected');
export const removeArchives: Writer<'removeArchives'> = () => byHand('remove the archives from the nodes again');
