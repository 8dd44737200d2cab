/** A value that the broker takes from its environment as it reads config.xml. */
export const placeholder = (variable: string): string => `\${ENV:${variable}}`;
