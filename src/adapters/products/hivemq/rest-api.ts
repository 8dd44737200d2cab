import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import type { ClusterSpec } from '../../../domain/spec/index.js';
import type { HttpRequest, HttpResponse } from '../../ports/index.js';
import type { HivemqDependencies, Member } from './context.js';
import type { KeptConnections } from './kept-connections.js';

/** Milliseconds for which an API that answers 503 or not at all is asked again before the call fails. */
const patience = 30_000;
const retryEvery = 500;

/** The REST API of one node. */
export interface RestApi {
  /**
   * One call. An answer 503 (an endpoint that waits for all nodes of a mixed cluster) and no answer are asked again for
   * a while; every other status is handed back. @throws ApiUnreachable
   */
  call(method: HttpRequest['method'], path: string): Promise<HttpResponse>;
  /** One call that is not repeated, for what must not be done twice. @throws ApiUnreachable */
  callOnce(method: HttpRequest['method'], path: string): Promise<HttpResponse>;
  /** The error for an answer that is not what was asked for. */
  refusal(what: string, response: HttpResponse): HivekeeperError;
}

/** @throws ApiRefused when the spec has the REST API off */
export async function restOf(
  dependencies: HivemqDependencies,
  spec: ClusterSpec,
  { name, host, rest }: Member,
  signal?: AbortSignal,
  /** Over which many calls go; default: a connection for each. */
  kept?: Pick<KeptConnections, 'request'>,
): Promise<RestApi> {
  if (rest === null) {
    const message = `${spec.name}: ${name} has no REST API. Set restApi.enabled in the spec and apply it.`;
    throw new HivekeeperError('ApiRefused', message, { host: name });
  }
  const headers = await dependencies.restHeaders?.(spec);
  const refusal = (what: string, { status, body }: HttpResponse): HivekeeperError => {
    const kind = status === 503 || status === 429 ? 'ApiUnreachable' : 'ApiRefused';
    return new HivekeeperError(kind, `${name}: the REST API did not ${what}: ${reasonOf(status, body)}`, {
      host: name,
      status,
    });
  };
  const callOnce = (method: HttpRequest['method'], path: string): Promise<HttpResponse> =>
    (kept ?? host).request({ ...rest, method, path, ...(headers && { headers }) }, signal);
  const call = async (method: HttpRequest['method'], path: string): Promise<HttpResponse> => {
    const deadline = dependencies.clock.now() + patience;
    for (;;) {
      const last = dependencies.clock.now() >= deadline;
      try {
        const response = await callOnce(method, path);
        if (response.status !== 503) return response;
        if (last) throw refusal('answer in time', response);
      } catch (error) {
        signal?.throwIfAborted();
        if (last || !isHivekeeperError(error, 'ApiUnreachable')) throw withoutPath(error, name, method);
      }
      await dependencies.clock.sleep(retryEvery, signal);
    }
  };
  return { call, callOnce, refusal };
}

/** Paths hold client ids, which must not leave the driver. */
function withoutPath(error: unknown, name: string, method: string): unknown {
  if (!isHivekeeperError(error, 'ApiUnreachable')) return error;
  const { status } = error.details;
  if (status !== undefined) return error;
  return new HivekeeperError(
    'ApiUnreachable',
    `${name}: the REST API gave no answer to ${method} within ${patience / 1000} s`,
    { host: name },
  );
}

/** Known titles are told; details may quote what was sent. */
function reasonOf(status: number, body: string): string {
  const title = /"title"\s*:\s*"([A-Za-z ,.'-]{1,80})"/.exec(body)?.[1];
  return title === undefined ? `HTTP ${status}` : `HTTP ${status}, ${title}`;
}
