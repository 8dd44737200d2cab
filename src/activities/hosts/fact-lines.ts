/** The `key=value` lines that a program on a host printed. */
export interface FactLines {
  one(key: string): string | undefined;
  all(key: string): string[];
}

export function readFactLines(output: string): FactLines {
  const pairs = output.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at > 0 ? [{ key: line.slice(0, at), value: line.slice(at + 1).trim() }] : [];
  });
  const all = (key: string): string[] => pairs.filter((pair) => pair.key === key).map((pair) => pair.value);
  return { all, one: (key) => all(key)[0] };
}
