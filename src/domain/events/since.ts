/** `since 14:03:11 UTC`, with the date where that was another day. @param now milliseconds, like `since` */
export function sinceText(since: number, now: number): string {
  const [begun, today] = [new Date(since).toISOString(), new Date(now).toISOString().slice(0, 10)];
  const time = begun.slice(11, 19);
  return `since ${begun.startsWith(today) ? '' : `${begun.slice(0, 10)} `}${time} UTC`;
}
