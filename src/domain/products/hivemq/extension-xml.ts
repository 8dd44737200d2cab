const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Text of an element, comments left out; null without one. */
function elementOf(xml: string, element: 'name' | 'version'): string | null {
  const found = new RegExp(`<${element}>\\s*([^<]*?)\\s*</${element}>`).exec(xml.replace(/<!--[\s\S]*?-->/g, ''))?.[1];
  if (found === undefined || found === '') return null;
  return found.replace(/&(lt|gt|quot|apos|amp);/g, (all, name: string) => entities[name] ?? all);
}

/** The name that hivemq-extension.xml gives to an extension, under which the broker's log speaks of it; null without one. */
export const extensionName = (xml: string): string | null => elementOf(xml, 'name');

/** The version that hivemq-extension.xml gives to an extension; null without one. */
export const extensionVersion = (xml: string): string | null => elementOf(xml, 'version');
