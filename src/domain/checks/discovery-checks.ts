import { type CheckDefinition, defineCheck, type Verdict } from './define-check.js';
import type { DiscoveryFacts } from './discovery-facts.js';
import type { DiscoveryCheckName } from './names.js';

type DiscoveryCheck = CheckDefinition<DiscoveryFacts>;

const holds = (found: string): Verdict => ({ holds: true, found });
const fails = (reason: string, node?: string): Verdict => ({
  holds: false,
  reason,
  ...(node !== undefined && { node }),
});
/** Verdicts of everything that is wrong, else what was found. */
const orElse = (wrong: readonly Verdict[], found: string): Verdict[] =>
  wrong.length > 0 ? [...wrong] : [holds(found)];

const discoveryReach: DiscoveryCheck = defineCheck({
  name: 'discovery-reach',
  meaning: 'Each node can open a TCP connection to the cluster port of the others; tried out with a listener there.',
  remedy: 'Open the cluster port between the nodes in firewalls and security groups, in both directions.',
  unmet: 'refuse',
  evaluate: ({ reach }) => {
    const wrong = reach.filter(({ outcome }) => ['refused', 'filtered', 'no-route'].includes(outcome));
    const unproven = reach.filter(({ outcome }) => outcome === 'unknown').length;
    const found = `${reach.length - unproven} connections tried${unproven > 0 ? `, ${unproven} not proven` : ''}`;
    return orElse(
      wrong.map(({ from, reason }) => fails(reason ?? 'no connection', from)),
      found,
    );
  },
});

const sameNetwork: DiscoveryCheck = defineCheck({
  name: 'same-network',
  meaning: 'For multicast and broadcast: all nodes are in one IP network, and the broadcast address is that of it.',
  remedy: 'Use hosts of one network, correct broadcastAddress, or use static, dns or s3 discovery.',
  unmet: 'refuse',
  evaluate: ({ datagrams }) => {
    if (datagrams === null) return holds('discovery needs no common network');
    const { networks, type, group } = datagrams;
    const known = networks.filter(({ network }) => network !== null);
    const [first] = known;
    const elsewhere = known.filter(({ network }) => network !== first?.network);
    const wrongAddress =
      type === 'broadcast' && group !== '255.255.255.255'
        ? known.filter(({ broadcast }) => broadcast !== null && broadcast !== group)
        : [];
    const unable = type === 'multicast' ? known.filter(({ multicast }) => multicast === false) : [];
    return orElse(
      [
        ...elsewhere.map((one) =>
          fails(`is in network ${one.network ?? ''}, ${first?.name ?? ''} in ${first?.network ?? ''}`, one.name),
        ),
        ...wrongAddress.map((one) =>
          fails(`its network has the broadcast address ${one.broadcast ?? ''}, not ${group}`, one.name),
        ),
        ...unable.map((one) => fails(`its interface ${one.interface ?? ''} does not do multicast`, one.name)),
      ],
      known.length === 0 ? 'not known of any host' : `${known.length} hosts in ${first?.network ?? ''}`,
    );
  },
});

const datagramsArrive: DiscoveryCheck = defineCheck({
  name: 'datagrams',
  meaning: 'Multicast or broadcast packets of discovery arrive from each node at the others; tried out.',
  remedy: 'Let switches and firewalls pass them, or use static, dns or s3 discovery.',
  unmet: 'refuse',
  evaluate: ({ datagrams }) => {
    if (datagrams === null) return holds('discovery needs none');
    const { delivered, type } = datagrams;
    const lost = delivered.filter(({ arrived }) => arrived === false);
    const unproven = delivered.filter(({ arrived }) => arrived === null).length;
    return orElse(
      lost.map(({ to, reason }) => fails(reason ?? `${type} does not arrive`, to)),
      `${delivered.length - unproven} ways tried${unproven > 0 ? `, ${unproven} not proven` : ''}`,
    );
  },
});

const bucket: DiscoveryCheck = defineCheck({
  name: 'bucket',
  meaning: 'The bucket of S3 discovery exists, and the keys may list, read, write and delete there.',
  remedy: 'Correct bucket, region, endpoint or keys of cluster.discovery; a new session needs new keys.',
  unmet: 'refuse',
  evaluate: ({ bucket: state, at }) => {
    if (state === null) return holds('discovery needs none');
    if (state.expires !== null && Date.parse(state.expires) <= Date.parse(at))
      return fails(`the temporary session ended at ${state.expires}`);
    // A remedy follows as a sentence of its own.
    if (state.problem !== null) return fails(state.problem.replace(/\.$/, ''));
    return holds(state.untested ?? `usable, asked by ${state.askedBy}`);
  },
});

const announcements: DiscoveryCheck = defineCheck({
  name: 'announcements',
  meaning: 'The bucket of S3 discovery announces the members that run, and nothing else.',
  remedy:
    'A member that is not announced: look at the extension in its log. An announcement of nobody expires by itself, and goes when its node is started or decommissioned.',
  unmet: 'wait',
  evaluate: ({ announcements: found }) => {
    if (found === null) return holds('nobody is announced in a bucket');
    const { missing, stale } = found;
    return orElse(
      [
        ...missing.map((host) => fails('runs and is not announced in the bucket', host)),
        ...stale.map((where) => fails(`the bucket announces ${where}, where no member runs`)),
      ],
      `${found.found} announced, all of them run`,
    );
  },
});

const discoveryName: DiscoveryCheck = defineCheck({
  name: 'discovery-name',
  meaning: 'The name of DNS discovery leads to at least one node, asked from the nodes.',
  remedy: 'Give the name a record for each node, or correct discoveryAddress or dnsServerAddress.',
  unmet: 'refuse',
  evaluate: ({ name }) => {
    if (name === null) return holds('discovery needs none');
    if (name.problem !== null) return fails(name.problem);
    const { addresses, missing } = name;
    if (addresses.length === 0) return fails(`${name.name} has no address`);
    return missing.length > 0
      ? holds(`${name.name} is ${addresses.join(', ')}; no record yet for ${missing.join(', ')}`)
      : holds(`${name.name} is ${addresses.join(', ')}`);
  },
});

const discoverySettings: DiscoveryCheck = defineCheck({
  name: 'discovery-settings',
  meaning: 'No file of an older version of a discovery extension is left that would win over the settings of the spec.',
  remedy: 'Remove the named file from the host.',
  unmet: 'refuse',
  evaluate: ({ overruling }) =>
    orElse(
      overruling.map(({ host, path }) => fails(`${path} would win over cluster.discovery`, host)),
      'none is left',
    ),
});

/** Checks of discovery, in the order in which people want to read them. */
export const discoveryChecks: Readonly<Record<DiscoveryCheckName, DiscoveryCheck>> = {
  'discovery-reach': discoveryReach,
  'same-network': sameNetwork,
  datagrams: datagramsArrive,
  bucket,
  announcements,
  'discovery-name': discoveryName,
  'discovery-settings': discoverySettings,
};

/** What was tried out at all: a check of something that this discovery does not have tells nobody anything. */
export function relevantDiscoveryChecks(facts: DiscoveryFacts): DiscoveryCheck[] {
  const tried: Readonly<Record<DiscoveryCheckName, boolean>> = {
    'discovery-reach': facts.reach.length > 0,
    'same-network': facts.datagrams !== null,
    datagrams: facts.datagrams !== null,
    bucket: facts.bucket !== null,
    announcements: facts.announcements !== null,
    'discovery-name': facts.name !== null,
    'discovery-settings': facts.overruling.length > 0,
  };
  return Object.values(discoveryChecks).filter(({ name }) =>
    Object.entries(tried).some(([key, is]) => key === name && is),
  );
}
