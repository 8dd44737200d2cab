import { randomInt } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `<cluster>/<operation>/<yyyymmdd-hhmmss-xxx>` in UTC; the last part keeps two that start in one second apart. */
export function operationId(cluster: string, type: string, at: Date = new Date()): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  const suffix = Array.from({ length: 3 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
  return `${cluster}/${type}/${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${suffix}`;
}
