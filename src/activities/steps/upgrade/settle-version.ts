import { isOlder } from '../../../domain/planning/index.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import type { StepBody } from '../run-step.js';

export const noteVersion: StepBody<'noteVersion'> = async (context, { version, spec }) => {
  await context.report({ type: 'specAccepted', spec });
  return `the record has ${version}`;
};

/** Without this, whatever is done next would bring the version that nobody took. */
export const settleVersion: StepBody<'settleVersion'> = async (context, { version, before }) => {
  const { session, signal } = context;
  const { record } = session;
  const { surge } = record.membership;
  const { nodes } = await observeCluster(session, { withClients: false, signal });
  const versions = nodes
    .filter(({ host }) => session.members.includes(host) && host !== surge)
    .map(({ host, runningVersion, current, identity }) => {
      const member = record.membership.members.find((one) => one.host === host);
      return runningVersion ?? current ?? identity?.version ?? member?.version ?? version;
    });
  if (record.spec === null || versions.includes(version)) return `the record keeps ${version}`;
  const oldest = versions.reduce((least, one) => (isOlder(one, least) ? one : least), version);
  const back = before === version ? oldest : before;
  if (back === version) return `the record keeps ${version}`;
  const { broker } = session.spec;
  await context.report({
    ...{ type: 'specAccepted', restored: true },
    spec: { ...record.spec, broker: { ...broker, version: back } },
  });
  return `no member runs ${version}: the record has ${back} again`;
};
