import type { Address } from './address.js';
import { readListenerTls, type TlsConfig } from './tls.js';
import type { Element } from './xml.js';

export interface ListenerConfig extends Address {
  name: string;
  kind: 'tcp' | 'websocket';
  tls: TlsConfig | undefined;
  proxyProtocol: boolean;
  /** Where a WebSocket listener answers; of no meaning for the others. */
  path: string;
}

const kinds = [
  { element: 'tcp-listener', kind: 'tcp', secure: false, port: 1883 },
  { element: 'tls-tcp-listener', kind: 'tcp', secure: true, port: 8883 },
  { element: 'websocket-listener', kind: 'websocket', secure: false, port: 8000 },
  { element: 'tls-websocket-listener', kind: 'websocket', secure: true, port: 8000 },
] as const;

/** Unnamed listeners are called by element and port (Community Edition), e.g. `tls-tcp-listener-8883`. */
export function readListeners(root: Element): ListenerConfig[] {
  return kinds.flatMap(({ element, kind, secure, port: fallback }) =>
    root
      .child('listeners')
      .all(element)
      .map((listener) => {
        const port = listener.child('port').number(fallback);
        return {
          kind,
          host: listener.child('bind-address').text('0.0.0.0'),
          port,
          name: listener.child('name').text(`${element}-${port}`),
          tls: secure ? readListenerTls(listener.child('tls')) : undefined,
          proxyProtocol: listener.child('proxy-protocol').flag(false),
          path: listener.child('path').text('/mqtt'),
        };
      }),
  );
}
