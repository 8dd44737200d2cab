import { HivekeeperError } from '../errors/index.js';
import { adoptNodes, atNextStop, nodeProblems, recordProblems, refuseAll, unsetSecrets } from '../planning/index.js';
import { findHost, packageContent } from '../spec/index.js';
import { defineOperation, specInput } from './define-operation.js';

export const adoptCluster = defineOperation({
  type: 'adoptCluster',
  summary: 'Takes a cluster that was installed by hand into care as it runs: its spec is read from its hosts.',
  input: specInput,
  lease: true,
  startsRecord: true,
  readsHosts: true,
  cli: {
    command: 'adopt',
    own: true,
    arguments: [{ name: 'file', field: 'spec', describe: 'A spec file that has what the hosts do not tell.' }],
    options: [],
    examples: ['hivekeeper adopt prod.yaml --dry-run', 'hivekeeper adopt prod.yaml --wait'],
  },
  plan: (context) => {
    const { spec, record, adoption } = context;
    if (!adoption) throw new HivekeeperError('Internal', `${spec.name}: its hosts were not read`);
    const { nodes, places, secrets, notes } = adoption;
    const source = packageContent(spec.broker.package, spec.broker.version);
    refuseAll(context, [
      ...(source.ok ? [] : [source.reason]),
      ...recordProblems(record, nodes, places),
      ...nodes.flatMap((node) => {
        const place = places.find(({ host }) => host === node.host);
        const home = findHost(spec, node.host)?.home ?? spec.broker.home;
        return place ? nodeProblems(spec, node, place, { home }) : [`${node.host}: it could not be read`];
      }),
    ]);
    const { root, adopted } = adoptNodes(record, adoption);
    return {
      title: `Adopt ${spec.name}`,
      changes: adopted.map(
        ({ host, version, unit, process }) =>
          `${host} is taken into care as it runs: ${version ?? 'unknown'}, pid ${process?.pid ?? '?'}${unit === null ? '' : `, ${unit}`}`,
      ),
      warnings: unsetSecrets(secrets),
      members: nodes.map(({ host }) => host),
      root,
      adoption: {
        spec: { ...adoption.spec },
        nodes: nodes.map(({ host, lines }) => ({ host, lines: [...lines] })),
        secrets: secrets.map((secret) => ({ ...secret, where: [...secret.where] })),
        notes: [...notes, ...atNextStop(adoption)],
      },
      checks: [],
      accepts: [
        { type: 'specAccepted', spec: { ...spec } },
        { type: 'countSet', nodes: spec.nodes },
      ],
    };
  },
});
