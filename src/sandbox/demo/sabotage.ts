/**
 * Ways to break the demo on purpose, to see that it notices: `drop-message` throws one acknowledged message away,
 * `skip-import` cancels the recovery before the import, `stop-two` stops two nodes by hand.
 */
export const sabotages = ['drop-message', 'skip-import', 'stop-two'] as const;
export type Sabotage = (typeof sabotages)[number];

export function isSabotage(name: string): name is Sabotage {
  return sabotages.some((known) => known === name);
}
