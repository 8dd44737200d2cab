import { findHost, haproxyOf, type ClusterSpec } from '../spec/index.js';
import type { Difference, ListKeys } from './differences.js';
import type { ChangeContext, ChangeRule } from './rules.js';

export const commonListKeys: ListKeys = { hosts: ({ name }) => String(name) };

/** The host that a difference below `hosts` is about. */
const hostOf = ({ path }: Difference): string => path[1]?.name ?? '';
const isMember = (difference: Difference, { members }: ChangeContext): boolean => members.includes(hostOf(difference));
const losesRole = (difference: Difference, context: ChangeContext): boolean =>
  isMember(difference, context) && !hasRole(context.after, hostOf(difference));
const hasRole = (spec: ClusterSpec, name: string): boolean => findHost(spec, name)?.roles.includes('node') === true;
const homesMove = (_: Difference, { before, after, members }: ChangeContext): boolean =>
  members.some((name) => findHost(before, name)?.home !== findHost(after, name)?.home);

const isHaproxy = (_: Difference, { before, after }: ChangeContext): boolean =>
  haproxyOf(before) !== undefined && haproxyOf(after) !== undefined;

const elsewhere = 'deploy a cluster of another name on other hosts with it, and move the clients there';
const oneByOne = 'decommission the node, change its host in the file, uncordon it and scale up again';
const otherMachine = `of a member is the machine it runs on; ${oneByOne}`;

/** Keys that every product has. What no rule speaks of is read by operations alone. */
export const commonRules: readonly ChangeRule[] = [
  { path: 'broker.product', effect: 'refused', why: `is one for the life of a cluster; ${elsewhere}` },
  { path: 'broker.version', effect: 'restart', why: 'every node is brought to the version' },
  { path: 'broker.package', effect: 'nothing', why: 'used when a version is installed' },
  {
    path: 'broker.home',
    when: homesMove,
    effect: 'refused',
    why: `is where the members keep their data; one after the other: ${oneByOne} with hosts[].home`,
  },
  { path: 'broker.home', effect: 'nothing', why: 'no member uses it' },
  { path: 'broker.user', effect: 'refused', why: `owns all files of the members; ${elsewhere}` },
  { path: 'broker.supervisor', effect: 'refused', why: `keeps the members running; ${elsewhere}` },
  { path: 'broker', effect: 'restart', why: 'taken over by a start' },
  ...['address', 'clusterAddress', 'externalAddress', 'externalPort', 'home', 'loopback'].map(
    (key): ChangeRule => ({ path: `hosts.*.${key}`, when: isMember, effect: 'refused', why: otherMachine }),
  ),
  {
    path: 'hosts.*.roles',
    when: losesRole,
    effect: 'refused',
    why: 'of a member has to hold node; decommission it first',
  },
  {
    path: 'hosts.*',
    when: (difference, context) =>
      difference.sign === '-' && difference.path.length === 2 && isMember(difference, context),
    effect: 'refused',
    why: 'is a member; put it back, or decommission it first',
  },
  { path: 'hosts', effect: 'nothing', why: 'used when somebody logs in, or when a node is added' },
  {
    path: 'nodes',
    when: (_, { after, members }) => after.nodes < members.length,
    effect: 'refused',
    why: 'does not say which node shall go; name it with decommissionNode',
  },
  { path: 'nodes', effect: 'members', why: 'the first free hosts join' },
  { path: 'ssh', effect: 'nothing', why: 'used by the next log-in' },
  ...['home', 'supervisor'].map(
    (key): ChangeRule => ({
      path: `loadBalancer.${key}`,
      when: isHaproxy,
      effect: 'nothing',
      why: 'no node restarts; stop the HAProxy that runs the old way first, since both would take the same ports',
    }),
  ),
  {
    path: 'loadBalancer',
    when: isHaproxy,
    effect: 'nothing',
    why: 'HAProxy takes it over without cutting a connection, and no node restarts',
  },
  { path: 'loadBalancer', effect: 'nothing', why: 'used by the next operation; no node restarts' },
  { path: 'policy', effect: 'nothing', why: 'used by the next operation' },
  { path: 'fencing', effect: 'nothing', why: 'used when a host has to be powered off' },
];
