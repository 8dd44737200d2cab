import { readElement, writeElement, type Element } from '../../../../domain/products/hivemq/adopt/element.js';
import { maskConfig, type FoundSecret } from '../../../../domain/products/hivemq/adopt/mask-config.js';
import { syntaxFault } from '../../../../domain/products/hivemq/override/xml-document.js';

export interface ReadConfig {
  readonly text: string | null;
  readonly problem: string | null;
  readonly root: Element | null;
  readonly found: readonly FoundSecret[];
}

/** config.xml without comments and secrets. A text that is not well-formed is not returned: nobody knows what is secret in it. */
export function readConfig(xml: string | null, cluster: string): ReadConfig {
  const none = { text: null, root: null, found: [] };
  if (xml === null)
    return { ...none, problem: 'there is no config.xml, and the broker runs with its default configuration' };
  const fault = syntaxFault(xml);
  // The fault may quote what stands there.
  if (fault !== null) {
    const place = /^line \d+, column \d+/.exec(fault)?.[0] ?? 'somewhere';
    return { ...none, problem: `it is not well-formed (${place}), and the broker runs with its default configuration` };
  }
  const root = readElement(xml);
  if (root?.name !== 'hivemq') return { ...none, problem: 'it has no root element <hivemq>' };
  const masked = maskConfig(root, cluster);
  return { text: writeElement(masked.root), problem: null, root: masked.root, found: masked.found };
}
