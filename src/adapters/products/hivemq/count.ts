import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { DrivenNode, ItemCounts, Progress } from '../../ports/index.js';
import { allClients, wholeListing } from './clients-api.js';
import { membersOf, type HivemqDependencies } from './context.js';
import { askView } from './health-api.js';
import { restOf } from './rest-api.js';

/** How often progress is told, in clients. */
const tellEvery = 1000;

/** Connected clients by host name, from one listing of the cluster; a broker of no known host stands under its own id. */
export async function countClients(
  dependencies: HivemqDependencies,
  node: DrivenNode,
): Promise<Record<string, number>> {
  const { self, peers } = membersOf(node);
  // An independent node knows of its own clients only, and may have no id by which to tell whose they are.
  if (!asHivemqSpec(node.spec).cluster.enabled) return { [node.name]: await ownClients(dependencies, node) };
  const members = [self, ...peers];
  const health = await Promise.all(members.map((member) => askView(member).catch(() => null)));
  const names = new Map(
    members.flatMap(({ name }, index) => {
      const id = health[index]?.view?.nodeId;
      return id === undefined ? [] : [[id, name] as const];
    }),
  );
  const rest = await restOf(dependencies, node.spec, self);
  return wholeListing(node.name, async () => {
    const counts = new Map([...names.values()].map((name) => [name, 0]));
    for await (const [, { nodeId }] of allClients(rest)) {
      if (nodeId === null) continue;
      const name = names.get(nodeId) ?? nodeId;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  });
}

async function ownClients(dependencies: HivemqDependencies, node: DrivenNode): Promise<number> {
  const rest = await restOf(dependencies, node.spec, membersOf(node).self);
  return wholeListing(node.name, async () => {
    let clients = 0;
    for await (const [, { nodeId }] of allClients(rest)) if (nodeId !== null) clients += 1;
    return clients;
  });
}

/** Sessions (offline ones included) and messages queued for them in the whole cluster; keeps no client in memory. */
export async function countItems(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  progress: Progress,
): Promise<ItemCounts> {
  const rest = await restOf(dependencies, node.spec, membersOf(node).self, progress.signal);
  return wholeListing(node.name, async () => {
    let sessions = 0;
    let queued = 0;
    for await (const [, details] of allClients(rest)) {
      sessions += 1;
      queued += details.queued;
      if (sessions % tellEvery === 0) progress.report(`${node.name}: ${sessions} sessions counted`);
    }
    return { sessions, queued };
  });
}
