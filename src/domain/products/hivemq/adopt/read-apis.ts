import { childAt, childrenOf, textOf, type Element } from './element.js';
import { listenerTls } from './read-listeners.js';
import { bindAt, compact, numberAt, secretAt, type HostView, type Keys } from './values.js';

/** `restApi` or `healthApi`, which the vendor has off, and on its loopback where nothing is said. */
function api(element: Element | undefined, host: HostView): Keys {
  if (textOf(element, 'enabled') !== 'true') return { enabled: false };
  const http = childAt(element, 'listeners', 'http');
  const bindAddress = bindAt(http, host, 'loopback', 'host') ?? '127.0.0.1';
  return compact({ enabled: true, port: numberAt(http, 'port'), bindAddress });
}

/** @param header where the worker finds the value for the REST API, where that asks for one. */
export function readApis(root: Element, host: HostView, header: string): Keys {
  const rest = childAt(root, 'rest-api');
  const asks = textOf(rest, 'enabled') === 'true' && textOf(rest, 'auth', 'enabled') === 'true';
  return {
    restApi: { ...api(rest, host), ...(asks && { auth: { header: { env: header } } }) },
    healthApi: api(childAt(root, 'health-api'), host),
    controlCenter: controlCenter(childAt(root, 'control-center'), host),
  };
}

/** Everywhere at port 8080 where nothing is said. */
const vendors: Keys = { enabled: true, port: 8080, bindAddress: '0.0.0.0' };

function controlCenter(element: Element | undefined, host: HostView): Keys {
  if (!element) return host.controlCenterByDefault ? vendors : { enabled: false };
  if (textOf(element, 'enabled') === 'false') return { enabled: false };
  const users = childrenOf(childAt(element, 'users'), 'user').map((user) =>
    compact({ name: textOf(user, 'name'), password: secretAt(user, 'password') }),
  );
  const listeners = childAt(element, 'listeners');
  if (!listeners || listeners.children.length === 0) return { ...vendors, users };
  const [http, https] = [childAt(listeners, 'http'), childAt(listeners, 'https')];
  const tls = childAt(https, 'tls');
  const at = (one: Element): Keys => ({
    port: numberAt(one, 'port'),
    bindAddress: bindAt(one, host, 'loopback', 'host'),
  });
  return compact({
    enabled: true,
    ...(http ? compact(at(http)) : { http: false }),
    https: https && compact({ ...at(https), tls: tls && listenerTls(tls) }),
    users,
  });
}
