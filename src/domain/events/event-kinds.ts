/** What an operation tells while it runs, by kind. The names are API: progress carries them, and notifications derive from them. */
export const eventKinds = {
  waiting:
    'A step does not act yet: a check that may come true by itself does not hold. `check` names it, `text` says why.',
  stalled: 'What a step reports has not changed for a while. `text` is the line that was last.',
  resumed: 'The step goes on: its checks hold, or it reports something else. `text` says what is over.',
} as const;

export type EventKind = keyof typeof eventKinds;
