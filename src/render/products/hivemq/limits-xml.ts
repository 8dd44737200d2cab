import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { XmlTree } from '../../xml.js';

/** `maxQueueSize` -> `max-queue-size`: the keys of the spec are the elements of config.xml in another spelling. */
const elementName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type Scalars = Readonly<Record<string, string | number | boolean>>;

const flat = (values: Scalars): XmlTree =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [elementName(key), value]));

const nested = (groups: Readonly<Record<string, Scalars>>): XmlTree =>
  Object.fromEntries(Object.entries(groups).map(([key, values]) => [elementName(key), flat(values)]));

/** What the spec says of MQTT, limits and strictness; an element that it does not name is left to the broker. */
export function limitsXml({ mqtt, restrictions, security, overloadProtection }: HivemqSpec): XmlTree {
  return {
    ...(mqtt ? { mqtt: nested(mqtt) } : {}),
    ...(restrictions ? { restrictions: flat(restrictions) } : {}),
    ...(security ? { security: nested(security) } : {}),
    ...(overloadProtection ? { 'overload-protection': flat(overloadProtection) } : {}),
  };
}
