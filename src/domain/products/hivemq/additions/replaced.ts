/** The list with this item in the place of the one that it stands for, or behind all others where there is none. */
export function replaced<T>(items: readonly T[], item: T, isSame: (other: T) => boolean): T[] {
  return items.some(isSame) ? items.map((other) => (isSame(other) ? item : other)) : [...items, item];
}
