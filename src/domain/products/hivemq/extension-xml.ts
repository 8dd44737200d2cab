const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Text of an element, comments left out; null without one. */
function elementOf(xml: string, element: 'id' | 'name' | 'version'): string | null {
  const found = new RegExp(`<${element}>\\s*([^<]*?)\\s*</${element}>`).exec(xml.replace(/<!--[\s\S]*?-->/g, ''))?.[1];
  if (found === undefined || found === '') return null;
  return found.replace(/&(lt|gt|quot|apos|amp);/g, (all, name: string) => entities[name] ?? all);
}

/** The name that hivemq-extension.xml gives to an extension, under which the broker's log speaks of it; null without one. */
export const extensionName = (xml: string): string | null => elementOf(xml, 'name');

/** The version that hivemq-extension.xml gives to an extension; null without one. */
export const extensionVersion = (xml: string): string | null => elementOf(xml, 'version');

/** File in the folder of an extension that describes it. */
export const extensionXmlPath = 'hivemq-extension.xml';

/**
 * Why the broker would not load an extension with this description from a folder with this name; none when it would. Id,
 * name and version are required, and the id is the folder's name (Community Edition, HiveMQExtensionEntity and
 * ExtensionLoaderImpl).
 */
export function extensionProblems(xml: string, folder: string): string[] {
  if (!/<hivemq-extension[\s>]/.test(xml)) return ['does not describe an extension: it has no <hivemq-extension>'];
  const id = elementOf(xml, 'id');
  const missing = (['id', 'name', 'version'] as const).filter((element) => elementOf(xml, element) === null);
  return [
    ...(id !== null && id !== folder ? [`has the id ${id}, and must have ${folder}`] : []),
    ...missing.map((element) => `has no <${element}>`),
  ];
}
