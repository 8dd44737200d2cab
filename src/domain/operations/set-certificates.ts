import type { NodeChange, PlanNode } from '../plan/index.js';
import { sequence } from '../plan/index.js';
import {
  changeLines,
  hasCertificates,
  isStartedSince,
  members,
  nodeChange,
  nodeOf,
  type PlanContext,
  refuse,
  refuseLostMembers,
  reopen,
  rollVerified,
  rotateOneByOne,
  serves,
} from '../planning/index.js';
import { productOf } from '../products/index.js';
import { type CertificateGoal, planStep } from '../steps/index.js';
import { defineOperation, type PlanDraft } from './define-operation.js';
import { rollChecks } from './roll-checks.js';
import { givenLines, type Input, input, isGiven } from './set-certificates-input.js';

export const setCertificates = defineOperation({
  type: 'setCertificates',
  summary: 'Changes keys and certificates of a running cluster, on one node first, verified by a TLS handshake.',
  input,
  lease: true,
  cli: {
    command: 'set-certificates',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'listener',
        field: 'listener',
        value: 'NAME',
        type: 'string',
        describe: 'Name, type:port or port of one listener.',
      },
      { flag: 'keystore', field: 'keystore', value: 'FILE', type: 'file', describe: 'Keystore, JKS or PKCS#12.' },
      { flag: 'certificate', field: 'certificate', value: 'FILE', type: 'file', describe: 'Certificate chain in PEM.' },
      { flag: 'private-key', field: 'privateKey', value: 'FILE', type: 'file', describe: 'Private key in PEM.' },
      {
        flag: 'password',
        field: 'password',
        value: 'REF',
        type: 'secret',
        describe: 'Password of the keystore: env:NAME or file:PATH at the worker.',
      },
      {
        flag: 'private-key-password',
        field: 'privateKeyPassword',
        value: 'REF',
        type: 'secret',
        describe: 'Password of the private key: env:NAME or file:PATH at the worker.',
      },
      { flag: 'truststore', field: 'truststore', value: 'FILE', type: 'file', describe: 'Truststore, JKS or PKCS#12.' },
      {
        flag: 'truststore-password',
        field: 'truststorePassword',
        value: 'REF',
        type: 'secret',
        describe: 'Password of the truststore: env:NAME or file:PATH at the worker.',
      },
      {
        flag: 'trusted-certificates',
        field: 'trustedCertificates',
        value: 'FILE',
        type: 'file',
        describe: 'Certificates to trust, in PEM.',
      },
      { flag: 'renew', field: 'renew', type: 'flag', describe: 'Issue every node a new certificate.' },
      {
        flag: 'rotate-ca',
        field: 'rotateCa',
        value: 'PHASE',
        type: 'string',
        describe: 'Change the internal CA: begin, then switch, then finish.',
      },
    ],
    examples: [
      'hivekeeper set-certificates prod --certificate prod.crt --private-key prod.key --wait',
      'hivekeeper set-certificates prod --rotate-ca begin --wait',
      'hivekeeper set-certificates prod --renew --wait',
    ],
  },
  adjustSpec: (spec, value) => (isGiven(value) ? productOf(spec).withKeyMaterial(spec, value.listener, value) : spec),
  plan: (context, value) => (isGiven(value) ? givenDraft(context, value) : issuedDraft(context, value)),
});

const notServing = (context: PlanContext, hosts: readonly string[]): string[] =>
  hosts
    .filter((host) => !serves(context, host))
    .map((host) => `${host} does not serve; it gets its key material at its next start`);

/** What somebody gave: the spec has it already, and what each node lacks of it is seen by its items. */
function givenDraft(context: PlanContext, value: Input): PlanDraft {
  const { spec, recorded } = context;
  const current = members(context);
  const nodes = current.map((host): NodeChange => {
    if (!serves(context, host)) return { host, change: 'untouched', why: [] };
    return nodeChange(context, host, nodeOf(context, host).runningVersion ?? spec.broker.version);
  });
  const hot = nodes.filter(({ change }) => change === 'hot').map(({ host }) => host);
  const undo = recorded && { kind: 'restoreSpec', input: { spec: { ...recorded } } };
  const draft = draftOf(context, `Bring ${spec.name} the given key material`, nodes, [
    rotateOneByOne(hot, current, 'given', undo),
  ]);
  return {
    ...draft,
    changes: draft.changes.length > 0 ? [...givenLines(value), ...draft.changes] : [],
    warnings: [...notServing(context, current), 'put the same into the spec file too, or the next apply sets it back'],
    accepts: [{ type: 'specAccepted', spec: { ...spec } }],
  };
}

/** What the issuer of the spec makes. */
function issuedDraft(context: PlanContext, { renew, rotateCa }: Input): PlanDraft {
  const { spec, product } = context;
  const current = members(context);
  const { listeners, atStart } = product.issuedStores(spec);
  if (listeners.length + atStart.length === 0) {
    refuse(
      context,
      'no certificate of it is issued: its spec names its own key material, or has no TLS; give the new material, or set tls: { issuer: internal-ca } and apply it',
    );
  }
  const goal: CertificateGoal | null = renew ? 'renew' : rotateCa === 'switch' ? 'switch' : null;
  const rotated =
    goal === null ? [] : current.filter((host) => serves(context, host) && !hasCertificates(context, host, goal));
  const restarted =
    atStart.length === 0 ? [] : current.filter((host) => serves(context, host) && !isStartedSince(context, host, goal));
  const why = renew
    ? 'a new certificate'
    : rotateCa === 'switch'
      ? 'a certificate of the next CA'
      : 'other CAs to trust';
  const nodes = current.map((host): NodeChange => {
    if (restarted.includes(host)) return { host, change: 'restarts', why: [`${why} for ${atStart.join(' and ')}`] };
    return rotated.includes(host) ? { host, change: 'hot', why: [why] } : { host, change: 'untouched', why: [] };
  });
  const title =
    rotateCa === undefined ? `Renew the certificates of ${spec.name}` : `Change the CA of ${spec.name}: ${rotateCa}`;
  const draft = draftOf(context, title, nodes, [
    rotateCa === undefined ? null : planStep('rotateAuthority', { phase: rotateCa, members: current }),
    goal === null ? null : rotateOneByOne(rotated, current, goal),
  ]);
  return {
    ...draft,
    changes: [...(rotateCa === undefined ? [] : [`the CA of ${spec.name}: ${rotateCa}`]), ...draft.changes],
    warnings: [
      ...notServing(context, current),
      ...(rotateCa === 'begin'
        ? ['give your clients the next CA before `switch`: they trust the present one only']
        : []),
    ],
  };
}

function draftOf(
  context: PlanContext,
  title: string,
  nodes: readonly NodeChange[],
  first: readonly (PlanNode | null)[],
): PlanDraft {
  const current = members(context);
  const restarted = nodes.filter(({ change }) => change === 'restarts').map(({ host }) => host);
  if (restarted.length > 0) refuseLostMembers(context, current);
  const serving = current.filter((host) => serves(context, host) && !restarted.includes(host));
  return {
    title,
    changes: changeLines(nodes),
    members: current,
    root: sequence('set-certificates', title, [
      reopen(context, serving),
      ...first,
      rollVerified(context, restarted, current),
      restarted.length > 0 ? planStep('verifyCluster', { members: current }) : null,
    ]),
    nodes,
    checks: rollChecks(context, restarted),
  };
}
