import { product } from '../support/specs.js';
import type { Setting } from './arbitrary.js';
import type { AnyJob } from './jobs.js';
import { type Job, members, recordedSpec, wanted, type World } from './world.js';

const same = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

/** What is wrong with a cluster whose operation has completed, whatever it was. */
export function unfinished(world: World): string[] {
  const { cluster } = world;
  const spec = recordedSpec(world);
  if (world.record.removed || spec === null)
    return cluster.hosts('up', 'joining', 'leaving').map((host) => `${host} runs`);
  const all = members(world);
  return all.flatMap((host) => {
    const node = cluster.node(host);
    return [
      ...(node.phase === 'up' ? [] : [`${host} is ${node.phase}`]),
      ...(cluster.shape.shielded && node.gate === 'closed' ? [`no client is sent to ${host}`] : []),
      ...(product.membersInFiles(spec) && !same(node.told, all) ? [`${host} was told ${node.told.join(', ')}`] : []),
    ];
  });
}

/** What the job was for and is not so. */
export function missing(given: Setting, { kind }: AnyJob, job: Job, world: World): string[] {
  const { cluster, file } = world;
  const all = members(world);
  const was = given.members.length;
  const say = (wrong: boolean, text: string): string[] => (wrong ? [text] : []);
  const brings = kind === 'first-deploy' || kind === 'deploy' || kind === 'apply';
  const adds = kind === 'add-extension' || kind === 'add-restarting-extension' || kind === 'log-level';
  const spec = brings ? file : (recordedSpec(world) ?? file);
  const lacking = all.filter((host) => JSON.stringify(cluster.node(host).items) !== JSON.stringify(wanted(spec, host)));
  const version = kind === 'upgrade' ? String(job.input['version']) : brings ? file.broker.version : null;
  const leaves = kind === 'decommission' || kind === 'forget-dead';
  const replaces = kind === 'replace-dead' || kind === 'replace-living';
  const count = leaves ? was - 1 : kind === 'scale' ? Number(job.input['nodes']) : brings ? file.nodes : was;
  return [
    ...say(kind !== 'remove' && all.length !== count, `${all.length} members instead of ${count}`),
    ...say((leaves || replaces) && all.includes(String(job.input['node'])), `${String(job.input['node'])} is a member`),
    ...say((brings || adds) && lacking.length > 0, `${lacking.join(', ')} lack what was given`),
    ...all
      .filter((host) => version !== null && cluster.node(host).version !== version)
      .map((host) => `${host} does not run ${version ?? ''}`),
  ];
}
