import { formatIssue } from '../../../spec/issue.js';
import { boundPorts, portConflicts, type BoundPort } from './ports.js';
import { nodeHosts, resolveHost } from '../../../spec/resolved-host.js';
import { HivekeeperError } from '../../../errors/index.js';
import type { ListenerSpec } from './listener.js';
import type { HivemqSpec } from './part.js';

/** Where the search for a free number begins: above the usual services, below the ephemeral ports of Linux (32768). */
const firstChoice = 20_000;
const lastChoice = 32_767;

/** Which listener of the record a listener of the file is: by its name, else by type and place among those of its type. */
function counterpart(listeners: readonly ListenerSpec[], index: number, recorded: readonly ListenerSpec[]): number {
  const wanted = listeners[index];
  if (!wanted) return 0;
  if (wanted.name !== undefined) return recorded.find(({ name }) => name === wanted.name)?.port ?? 0;
  const place = listeners.slice(0, index).filter((one) => one.name === undefined && one.type === wanted.type).length;
  const same = recorded.filter((one) => one.name === undefined && one.type === wanted.type);
  return same[place]?.port ?? 0;
}

/** Whether some port of the spec is still to be chosen. */
export function hasOpenPorts({ listeners, restApi, healthApi, controlCenter, jmx }: HivemqSpec): boolean {
  return [
    ...listeners,
    restApi,
    healthApi,
    controlCenter,
    jmx,
    ...(controlCenter.https ? [controlCenter.https] : []),
  ].some(({ port }) => port === 0);
}

/** Numbers that nothing of the spec binds and that no host has taken, lowest first. */
function chooser(spec: HivemqSpec, taken: (port: number) => boolean): () => number {
  const own: BoundPort[] = nodeHosts(spec).flatMap((host) => boundPorts(spec, resolveHost(spec, host)));
  let next = firstChoice;
  const free = (port: number) => !taken(port) && !own.some((one) => port >= one.port && port <= one.port + one.range);
  return () => {
    while (next <= lastChoice && !free(next)) next += 1;
    if (next > lastChoice) {
      const message = `${spec.name}: no port from ${firstChoice} to ${lastChoice} is free on all of its hosts; write port numbers instead of 0`;
      throw new HivekeeperError('InvalidInput', message);
    }
    next += 1;
    return next - 1;
  };
}

/** The spec with the ports that it leaves open filled in from the record, as far as that has them. */
export const keepPorts = (spec: HivemqSpec, recorded: HivemqSpec): HivemqSpec =>
  fill(spec, (before) => before, recorded);

/**
 * Replaces each port 0 by a number, one for the whole cluster. A port that was chosen before is kept, so that applying
 * the same file again changes nothing; a new one is free on every host.
 * @param recorded the spec by which the cluster was last changed, if it has one.
 * @param taken whether anything listens at this port on any of the hosts.
 * @throws HivekeeperError InvalidInput when no number is left, or a kept one is given to something else by now.
 */
export function choosePorts(
  spec: HivemqSpec,
  recorded: HivemqSpec | null,
  taken: (port: number) => boolean,
): HivemqSpec {
  if (!hasOpenPorts(spec)) return spec;
  // What the record has is filled in first, so that a new choice cannot take it.
  const kept = recorded === null ? spec : keepPorts(spec, recorded);
  const chosen = fill(kept, chooser(kept, taken), null);
  refuseConflicts(chosen);
  return chosen;
}

/** A number of the record may meanwhile be written in the file for something else. */
function refuseConflicts(spec: HivemqSpec): void {
  const [conflict] = nodeHosts(spec).flatMap((host) => portConflicts(spec, resolveHost(spec, host)));
  if (conflict) throw new HivekeeperError('InvalidInput', `${spec.name}: ${formatIssue(conflict)}`);
}

/** What a service that was off had for a port was nobody's choice. */
const of = (service: { readonly enabled: boolean; readonly port: number } | undefined) =>
  service?.enabled === true ? service.port : 0;

type Fill = (recorded: number) => number;

function fill(spec: HivemqSpec, number: Fill, recorded: HivemqSpec | null): HivemqSpec {
  const { listeners, restApi, healthApi, controlCenter, jmx } = spec;
  const filled = <T extends { readonly port: number }>(one: T, before: number | undefined): T =>
    one.port === 0 ? { ...one, port: number(before ?? 0) } : one;
  const { https } = controlCenter;
  return {
    ...spec,
    listeners: listeners.map((one, index) =>
      filled(one, recorded ? counterpart(listeners, index, recorded.listeners) : 0),
    ),
    restApi: filled(restApi, of(recorded?.restApi)),
    healthApi: filled(healthApi, of(recorded?.healthApi)),
    controlCenter: {
      ...filled(controlCenter, of(recorded?.controlCenter)),
      ...(https && { https: filled(https, recorded?.controlCenter.https?.port) }),
    },
    jmx: filled(jmx, of(recorded?.jmx)),
  };
}
