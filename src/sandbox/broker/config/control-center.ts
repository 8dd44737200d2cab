import type { Address } from './address.js';
import { readListenerTls, type TlsConfig } from './tls.js';
import type { Element } from './xml.js';

export interface ControlCenterConfig {
  enabled: boolean;
  listeners: (Address & { tls: TlsConfig | undefined })[];
  /** `password` is the SHA-256 of name and password together, in hexadecimal digits. */
  users: { name: string; password: string }[];
}

/** The `<control-center>` element; enabled by default, on 0.0.0.0:8080 in the vendor's documentation, but only where it is written here. */
export function readControlCenter(root: Element): ControlCenterConfig {
  const center = root.child('control-center');
  const read = (kind: 'http' | 'https'): ControlCenterConfig['listeners'] =>
    center
      .child('listeners')
      .all(kind)
      .map((listener) => ({
        host: listener.child('bind-address').text('127.0.0.1'),
        port: listener.child('port').number(kind === 'http' ? 8080 : 8443),
        tls: kind === 'https' ? readListenerTls(listener.child('tls')) : undefined,
      }));
  return {
    // A simulation opens no port that nobody asked for: without listeners there is no control center.
    enabled: center.exists && center.child('enabled').flag(true),
    listeners: [...read('http'), ...read('https')],
    users: center
      .child('users')
      .all('user')
      .map((user) => ({ name: user.child('name').text(''), password: user.child('password').text('').toLowerCase() })),
  };
}
