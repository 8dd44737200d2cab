import { childAt, textOf, type Element } from './element.js';
import { bindAt, compact, flagAt, numberAt, secretAt, wordsAt, type HostView, type Keys } from './values.js';

function storeOf(element: Element | undefined): Keys | undefined {
  if (!element) return undefined;
  const password = secretAt(element, 'password');
  const privateKeyPassword = secretAt(element, 'private-key-password');
  const own = privateKeyPassword?.env === password?.env ? undefined : privateKeyPassword;
  return compact({ path: textOf(element, 'path'), password, privateKeyPassword: own });
}

/** What listeners, Control Center and transport have in common. */
export const commonTls = (tls: Element): Keys => ({
  protocols: wordsAt(tls, 'protocols'),
  cipherSuites: wordsAt(tls, 'cipher-suites'),
  clientAuthenticationMode: textOf(tls, 'client-authentication-mode'),
});

/** A keystore or truststore below a tls element. */
export const storeAt = (tls: Element, name: string): Keys | undefined => storeOf(childAt(tls, name));

/** `tls` of a listener. */
export const listenerTls = (tls: Element): Keys =>
  compact({
    ...commonTls(tls),
    keystore: storeAt(tls, 'keystore'),
    truststore: storeAt(tls, 'truststore'),
    preferServerCipherSuites: flagAt(tls, 'prefer-server-cipher-suites'),
    handshakeTimeout: numberAt(tls, 'handshake-timeout'),
  });

const kinds = ['tcp', 'tls-tcp', 'websocket', 'tls-websocket'];

function listener(type: string, one: Element, host: HostView): Keys {
  const tls = childAt(one, 'tls');
  return compact({
    type,
    port: numberAt(one, 'port'),
    bindAddress: bindAt(one, host, 'host', 'loopback'),
    name: textOf(one, 'name'),
    proxyProtocol: flagAt(one, 'proxy-protocol'),
    ...(type.endsWith('websocket') && {
      path: textOf(one, 'path'),
      subprotocols: wordsAt(one, 'subprotocols'),
      allowExtensions: flagAt(one, 'allow-extensions'),
    }),
    ...(tls && { tls: listenerTls(tls) }),
  });
}

/** `listeners` of a spec. */
export function readListeners(root: Element, host: HostView): Keys[] {
  const all = childAt(root, 'listeners')?.children ?? [];
  return kinds.flatMap((kind) =>
    all.filter(({ name }) => name === `${kind}-listener`).map((one) => listener(kind, one, host)),
  );
}
