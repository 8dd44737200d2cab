import { matchesFilter } from '../mqtt/topics.js';

/** What a client may do; everything that no permission allows is forbidden. */
export interface Permission {
  topic: string;
  activity: 'PUBLISH' | 'SUBSCRIBE' | 'ALL';
  qos: 'ZERO' | 'ONE' | 'TWO' | 'ZERO_ONE' | 'ONE_TWO' | 'ZERO_TWO' | 'ALL';
  retain: 'RETAINED' | 'NOT_RETAINED' | 'ALL';
  shared: 'SHARED' | 'NOT_SHARED' | 'ALL';
  /** `#` stands for all groups. */
  sharedGroup: string;
}

const levels: Readonly<Record<Permission['qos'], readonly number[]>> = {
  ZERO: [0],
  ONE: [1],
  TWO: [2],
  ZERO_ONE: [0, 1],
  ONE_TWO: [1, 2],
  ZERO_TWO: [0, 2],
  ALL: [0, 1, 2],
};

export interface PublishFacts {
  topic: string;
  qos: number;
  retain: boolean;
}

export function mayPublish(permissions: readonly Permission[], { topic, qos, retain }: PublishFacts): boolean {
  return permissions.some(
    (one) =>
      one.activity !== 'SUBSCRIBE' &&
      levels[one.qos].includes(qos) &&
      (one.retain === 'ALL' || (one.retain === 'RETAINED') === retain) &&
      matchesFilter(one.topic, topic),
  );
}

/** @param filter as in the SUBSCRIBE, `$share/<group>/` included */
export function maySubscribe(permissions: readonly Permission[], filter: string, qos: number): boolean {
  const [, group, plain] = /^\$share\/([^/]*)\/(.*)$/s.exec(filter) ?? [undefined, undefined, filter];
  return permissions.some(
    (one) =>
      one.activity !== 'PUBLISH' &&
      levels[one.qos].includes(qos) &&
      (one.shared === 'ALL' || (one.shared === 'SHARED') === (group !== undefined)) &&
      (group === undefined || one.sharedGroup === '#' || one.sharedGroup === group) &&
      covers(one.topic, plain),
  );
}

/** Whether each topic that `filter` matches is matched by `wide` as well. */
export function covers(wide: string, filter: string): boolean {
  const allowed = wide.split('/');
  const wanted = filter.split('/');
  for (const [index, level] of allowed.entries()) {
    if (level === '#') return true;
    const one = wanted[index];
    if (one === undefined || one === '#') return false;
    if (level !== '+' && level !== one) return false;
  }
  return allowed.length === wanted.length;
}
