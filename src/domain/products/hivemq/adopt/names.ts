/** `maxQueueSize` -> `max-queue-size`: the keys of the spec are the elements of config.xml in another spelling. */
export const elementName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `max-queue-size` -> `maxQueueSize` */
export const keyName = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
