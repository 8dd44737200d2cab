const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The name that hivemq-extension.xml gives to an extension, under which the broker's log speaks of it; null without one. */
export function extensionName(xml: string): string | null {
  const found = /<name>\s*([^<]*?)\s*<\/name>/.exec(xml.replace(/<!--[\s\S]*?-->/g, ''))?.[1];
  if (found === undefined || found === '') return null;
  return found.replace(/&(lt|gt|quot|apos|amp);/g, (all, name: string) => entities[name] ?? all);
}
