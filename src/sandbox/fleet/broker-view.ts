/** A node as somebody beside it sees it: where its APIs answer. */
interface ViewedNode {
  readonly name: string;
  readonly address: string;
  readonly restPort: number;
  readonly healthPort: number;
}

/** What the brokers' own APIs say, asked directly, without the product. */
export interface BrokerView {
  /** Name of the node that a client is connected to; undefined when it is to none, or nobody answers. */
  nodeOf(clientId: string): Promise<string | undefined>;
  /** Ids of all sessions and connected clients. @throws Error when no node answers */
  clients(): Promise<string[]>;
  /** Messages that wait for a client; undefined when it has no session. @throws Error when no node answers */
  queueSize(clientId: string): Promise<number | undefined>;
  /** How many members each node that answers says the cluster has. */
  clusterSizes(): Promise<Map<string, number>>;
}

const ANSWER_WITHIN_MS = 5000;
const ROUNDS = 20;
const BETWEEN_ROUNDS_MS = 250;

export function createBrokerView(nodes: readonly ViewedNode[]): BrokerView {
  const nodeNames = new Map<string, string>();

  /** Asks one node after the other until one answers; in a moment of change none may. */
  const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { address, restPort } of nodes) {
        const answer = await getJson(`http://${address}:${restPort}${path}`);
        if (answer !== undefined && answer.status < 500) return answer;
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
    }
    throw new Error(`No broker answers ${path}.`);
  };
  const health = async (node: ViewedNode): Promise<{ id: string; size: number } | undefined> => {
    const answer = await getJson(`http://${node.address}:${node.healthPort}/api/v1/health/cluster`);
    const id = at(answer?.body, 'details', 'node-id');
    const size = at(answer?.body, 'details', 'cluster-size');
    return typeof id === 'string' && typeof size === 'number' ? { id, size } : undefined;
  };
  /** A node has a new id after each start. */
  const nameOf = async (nodeId: string): Promise<string | undefined> => {
    if (!nodeNames.has(nodeId)) {
      const all = await Promise.all(nodes.map(async (node) => ({ node, state: await health(node) })));
      for (const { node, state } of all) if (state) nodeNames.set(state.id, node.name);
    }
    return nodeNames.get(nodeId);
  };
  const client = (id: string) => ask(`/api/v1/mqtt/clients/${encodeURIComponent(id)}`);

  return {
    async nodeOf(clientId) {
      const nodeId = at((await client(clientId)).body, 'client', 'connection', 'connectedNodeId');
      return typeof nodeId === 'string' ? nameOf(nodeId) : undefined;
    },
    async clients() {
      const ids: string[] = [];
      let next: string | undefined = '/api/v1/mqtt/clients?limit=2500';
      while (next !== undefined) {
        const { status, body } = await ask(next);
        if (status === 410) {
          // The cluster changed between two pages: the list begins anew.
          ids.length = 0;
          next = '/api/v1/mqtt/clients?limit=2500';
          continue;
        }
        const items = at(body, 'items');
        if (status !== 200 || !Array.isArray(items)) throw new Error(`A list of clients with status ${status}.`);
        for (const item of items) {
          const id = at(item, 'id');
          if (typeof id === 'string') ids.push(id);
        }
        const link = at(body, '_links', 'next');
        next = typeof link === 'string' ? link : undefined;
      }
      return ids;
    },
    async queueSize(clientId) {
      const { status, body } = await client(clientId);
      const size = at(body, 'client', 'messageQueueSize');
      return status === 200 && typeof size === 'number' ? size : undefined;
    },
    async clusterSizes() {
      const all = await Promise.all(nodes.map(async (node) => ({ node, state: await health(node) })));
      return new Map(all.flatMap(({ node, state }) => (state ? [[node.name, state.size] as const] : [])));
    },
  };
}

async function getJson(url: string): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** What lies at a path of a JSON value. */
function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Object.entries(current).find(([name]) => name === key)?.[1];
  }
  return current;
}
