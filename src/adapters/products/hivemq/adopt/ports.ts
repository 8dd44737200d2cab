import type { Installation } from '../../../../domain/products/hivemq/adopt/index.js';

/** An address as the kernel prints it: words of four bytes, each in the byte order of the machine (little endian). */
function addressOf(hex: string): string {
  const bytes = [...Buffer.from(hex, 'hex')];
  const words = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.slice(index * 4, index * 4 + 4).reverse());
  const all = words.flat();
  if (all.length === 4) return all.join('.');
  if (all.slice(0, 10).every((byte) => byte === 0) && all[10] === 0xff && all[11] === 0xff)
    return all.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((all[index * 2] ?? 0) << 8) | (all[index * 2 + 1] ?? 0)).toString(16),
  );
  const text = groups.join(':');
  return text.replace(/(^|:)0(:0)+(:|$)/, '::');
}

/** One line of /proc/net/tcp and the like: `tcp6` and `0100007F:075B`. */
export function portOf(kind: string, local: string): Installation['ports'][number] | null {
  const [address = '', port = ''] = local.split(':');
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(address) || !/^[0-9A-F]{1,4}$/.test(port)) return null;
  return { protocol: kind.startsWith('tcp') ? 'tcp' : 'udp', address: addressOf(address), port: parseInt(port, 16) };
}
