import type { Keys } from './values.js';

const isMapping = (value: unknown): value is Keys =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is read with what is given laid over it. Lists, and mappings of another `type`, are replaced as a whole. */
export function merge(read: Keys, given: Keys): Keys {
  const both = Object.entries(given).map(([key, value]) => {
    const before = read[key];
    if (!isMapping(value) || !isMapping(before)) return [key, value] as const;
    const isOther = value['type'] !== undefined && before['type'] !== undefined && value['type'] !== before['type'];
    return [key, isOther ? value : merge(before, value)] as const;
  });
  return { ...read, ...Object.fromEntries(both) };
}
