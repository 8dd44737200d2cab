import { childAt, type Element } from './element.js';
import { keyName } from './names.js';
import { flagOf, numberOf, type Keys } from './values.js';

const scalar = (text: string): unknown => {
  const flag = flagOf(text);
  return typeof flag === 'boolean' ? flag : numberOf(text);
};

function keysOf(element: Element): Keys {
  return Object.fromEntries(
    element.children.map((child) => [
      keyName(child.name),
      child.children.length > 0 ? keysOf(child) : child.text === '' ? {} : scalar(child.text),
    ]),
  );
}

/** Elements whose keys are called as they are. */
const groups = {
  mqtt: 'mqtt',
  restrictions: 'restrictions',
  security: 'security',
  overloadProtection: 'overload-protection',
};

/** Limits and features; what the file does not name stays up to the broker. */
export function readLimits(root: Element): Keys {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([key, name]) => {
      const element = childAt(root, name);
      return element && element.children.length > 0 ? [[key, keysOf(element)]] : [];
    }),
  );
}
