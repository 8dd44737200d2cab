import { z } from 'zod';

export const memberSchema = z.object({
  host: z.string(),
  version: z.string(),
  since: z.string(),
});
export type Member = z.infer<typeof memberSchema>;

const replacementSchema = z.object({ host: z.string(), by: z.string(), nodes: z.number().int() });
type Replacement = z.infer<typeof replacementSchema>;

export const membershipSchema = z.object({
  /** How many nodes the cluster is meant to have. */
  nodes: z.number().int(),
  members: z.array(memberSchema),
  /** Hosts that are not chosen for new nodes until `uncordon`. */
  cordoned: z.array(z.object({ host: z.string(), reason: z.string(), at: z.string() })),
  /** Replacements that are under way or were broken off: which host takes whose place, and how many nodes there were. */
  replacements: z.array(replacementSchema).optional(),
  /** The host that serves while an upgrade lasts, until that has seen to it that it left; the count does not include it. */
  surge: z.string().optional(),
});
export type Membership = z.infer<typeof membershipSchema>;

export const emptyMembership: Membership = { nodes: 0, members: [], cordoned: [] };

export const membershipEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('countSet'), nodes: z.number().int() }),
  z.object({ type: z.literal('joined'), host: z.string(), version: z.string(), at: z.string() }),
  z.object({
    type: z.literal('left'),
    host: z.string(),
    at: z.string(),
    cordon: z.boolean(),
    /** Why the host is cordoned; default: decommissioned. */
    reason: z.string().optional(),
  }),
  z.object({ type: z.literal('replacing'), ...replacementSchema.shape }),
  z.object({ type: z.literal('replaced'), host: z.string() }),
  z.object({ type: z.literal('surging'), host: z.string() }),
  z.object({ type: z.literal('surged') }),
  z.object({ type: z.literal('uncordoned'), host: z.string() }),
]);
export type MembershipEvent = z.infer<typeof membershipEventSchema>;

/** Who belongs to the cluster, by host name. A repeated event changes nothing, since activities may report twice. */
export function membershipReducer(membership: Membership, event: MembershipEvent): Membership {
  switch (event.type) {
    case 'countSet':
      // Somebody said how many nodes there shall be: what was broken off before is no longer half of anything.
      return { ...withReplacements(withoutSurge(membership), []), nodes: event.nodes };
    case 'joined':
      return joined(membership, event);
    case 'left':
      return left(membership, event);
    case 'surging':
      return { ...membership, surge: event.host };
    case 'surged':
      return withoutSurge(membership);
    case 'replacing': {
      const { host, by, nodes } = event;
      // A host takes one place only.
      const others = replacementsWithout(membership, host).filter((one) => one.by !== by);
      return withReplacements(membership, [...others, { host, by, nodes }]);
    }
    case 'replaced':
      return replaced(membership, event.host);
    case 'uncordoned':
      return { ...membership, cordoned: membership.cordoned.filter((entry) => entry.host !== event.host) };
  }
}

function joined(membership: Membership, event: { host: string; version: string; at: string }): Membership {
  const known = membership.members.find((member) => member.host === event.host);
  const member = { host: event.host, version: event.version, since: known?.since ?? event.at };
  const members = known
    ? membership.members.map((entry) => (entry.host === event.host ? member : entry))
    : [...membership.members, member];
  return { ...membership, members };
}

/** Decommissioning a named node lowers the count and keeps its host from being chosen again. */
function left(
  membership: Membership,
  event: { host: string; at: string; cordon: boolean; reason?: string | undefined },
): Membership {
  if (!membership.members.some((member) => member.host === event.host)) return membership;
  const members = membership.members.filter((member) => member.host !== event.host);
  if (!event.cordon) return { ...membership, members, nodes: Math.min(membership.nodes, members.length) };
  const entry = { host: event.host, reason: event.reason ?? 'decommissioned', at: event.at };
  const cordoned = [...membership.cordoned.filter((cordon) => cordon.host !== event.host), entry];
  return { ...membership, nodes: members.length, members, cordoned };
}

/** Left out when there is none, as in records of before. */
const withoutSurge = ({ surge: _, ...rest }: Membership): Membership => rest;

const replacementsWithout = ({ replacements = [] }: Membership, host: string): Replacement[] =>
  replacements.filter((one) => one.host !== host);

/** Left out when there are none, as in records of before. */
function withReplacements({ replacements: _, ...rest }: Membership, replacements: Replacement[]): Membership {
  return replacements.length === 0 ? rest : { ...rest, replacements };
}

/** One node for another: the count is what it was before. */
function replaced(membership: Membership, host: string): Membership {
  const nodes = membership.replacements?.find((one) => one.host === host)?.nodes ?? membership.nodes;
  return { ...withReplacements(membership, replacementsWithout(membership, host)), nodes };
}
