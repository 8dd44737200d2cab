interface Bound {
  readonly address: string;
  readonly port: number;
}

/** Ports of `wanted` on which something listens, by the kernel's own table (`/proc/net/tcp`: little-endian hex address, hex port). */
export function takenPorts(listening: readonly string[], wanted: readonly Bound[]): number[] {
  const taken = listening.flatMap((entry) => {
    const [address, port] = entry.split(':');
    return address === undefined || port === undefined
      ? []
      : [{ address: ipv4Of(address), port: Number.parseInt(port, 16) }];
  });
  const ports = wanted
    .filter((want) => taken.some((have) => have.port === want.port && collide(have.address, want.address)))
    .map((want) => want.port);
  return [...new Set(ports)];
}

function collide(have: string, want: string): boolean {
  const any = ['0.0.0.0', '::'];
  return any.includes(have) || any.includes(want) || have === want;
}

/** An IPv4 address, or `::` for any IPv6 wildcard, which takes IPv4 connections too; other IPv6 addresses as they stand. */
function ipv4Of(hex: string): string {
  if (hex.length === 32) {
    if (/^0+$/.test(hex)) return '::';
    const mapped = /^0{16}FFFF0000([0-9A-F]{8})$/i.exec(hex);
    return mapped?.[1] === undefined ? hex : ipv4Of(mapped[1]);
  }
  const bytes = hex.match(/../g) ?? [];
  return [...bytes]
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
