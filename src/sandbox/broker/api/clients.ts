import { sessionKey } from '../cluster/placement.js';
import { disconnect, endSession, listClients, lookUp } from '../sessions/calls.js';
import type { DataPlane } from '../sessions/plane.js';
import { type Answer, problems } from './http.js';

/** Page sizes of the OpenAPI specification. */
const page = { least: 50, most: 2500, normal: 500 };
/** The vendor's limit of an MQTT packet. */
const maxMessageSize = 268_435_460;

const qosNames = ['AT_MOST_ONCE', 'AT_LEAST_ONCE', 'EXACTLY_ONCE'];
const retainHandlings = ['SEND', 'SEND_IF_NEW_SUBSCRIPTION', 'DO_NOT_SEND'];

/** The REST API's view of the MQTT clients: cluster-wide, from any node. */
export class ClientsApi {
  constructor(
    private readonly plane: DataPlane,
    private readonly maxQueueSize: number,
  ) {}

  /** Pages are cut from the sorted ids; the cursor names view and last id, and is void in another view. */
  async list(url: URL): Promise<Answer> {
    const asked = url.searchParams.get('limit');
    const limit = asked === null ? page.normal : Number(asked);
    if (!Number.isInteger(limit) || limit < page.least || limit > page.most) return problems.invalid('limit');
    const view = this.plane.placement?.view.id ?? '';
    const cursor = url.searchParams.get('cursor');
    const [of, after] = cursor === null ? [view, ''] : Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
    if (of !== view || after === undefined) return problems.cursor();
    const answers = await this.plane.askAll(listClients, () => ({}));
    const ids = [...new Set(answers.flatMap((answer) => answer.ids))]
      .sort()
      .filter((id) => cursor === null || id > after);
    const items = ids.slice(0, limit).map((id) => ({ id }));
    if (ids.length <= limit) return { status: 200, body: { items } };
    const next = Buffer.from(`${view}\n${items.at(-1)?.id ?? ''}`).toString('base64url');
    return { status: 200, body: { items, _links: { next: `/api/v1/mqtt/clients?cursor=${next}&limit=${limit}` } } };
  }

  private async find(clientId: string) {
    const answers = await this.plane.askAll(lookUp, () => ({ clientId }));
    const withSession = answers.find((answer) => answer.session !== undefined);
    const connection = answers.find((answer) => answer.connection !== undefined)?.connection;
    if (!withSession && !connection) return undefined;
    return {
      session: withSession?.session,
      queueSize: withSession?.queueSize ?? 0,
      connection,
      subscriptions: withSession?.subscriptions ?? answers.flatMap((answer) => answer.subscriptions),
    };
  }

  async details(clientId: string): Promise<Answer> {
    const found = await this.find(clientId);
    if (!found) return problems.notFound(clientId);
    const { session, queueSize, connection } = found;
    const online = connection && {
      connectedAt: connection.connectedAt,
      restrictions: { maxMessageSize, maxQueueSize: this.maxQueueSize, queuedMessageStrategy: 'DISCARD' },
      connection: {
        keepAlive: connection.keepAlive,
        mqttVersion: connection.mqttVersion,
        connectedListenerId: connection.connectedListenerId,
        connectedNodeId: connection.connectedNodeId,
        cleanStart: connection.cleanStart,
        sourceIp: connection.sourceIp,
        username: connection.username,
      },
    };
    const client = {
      id: clientId,
      connected: connection !== undefined,
      sessionExpiryInterval: session?.expiry ?? connection?.expiry ?? 0,
      messageQueueSize: queueSize,
      willPresent: connection?.willPresent ?? false,
      ...online,
    };
    return { status: 200, body: { client } };
  }

  async connection(clientId: string): Promise<Answer> {
    const found = await this.find(clientId);
    if (!found) return problems.notFound(clientId);
    return { status: 200, body: { connection: { connected: found.connection !== undefined } } };
  }

  async subscriptions(clientId: string): Promise<Answer> {
    const found = await this.find(clientId);
    if (!found) return problems.notFound(clientId);
    const items = found.subscriptions.map((one) => ({
      topicFilter: one.filter,
      qos: qosNames[one.qos],
      retainHandling: retainHandlings[one.rh],
      retainAsPublished: one.rap,
      noLocal: one.nl,
      subscriptionIdentifier: one.id,
    }));
    return { status: 200, body: { items } };
  }

  /** @param ended whether the session goes too */
  async disconnect(clientId: string, url: URL, ended: boolean): Promise<Answer> {
    const asked = url.searchParams.get('preventWillMessage') ?? 'false';
    if (asked !== 'true' && asked !== 'false') return problems.invalid('preventWillMessage');
    const preventWill = asked === 'true';
    const found = await this.find(clientId);
    // The specification knows 404 for a client that does not exist; an offline client has no connection to end.
    if (!found || (!ended && !found.connection)) return problems.notFound(clientId);
    await this.plane.askAll(disconnect, () => ({ clientId, preventWill, ended }));
    if (ended) await this.plane.askPrimary(sessionKey(clientId), endSession, (viewId) => ({ viewId, clientId }));
    return { status: 204 };
  }
}
