import { expect } from 'vitest';

/** Matches a text that has this in it. */
export const containing = (text: string): unknown => expect.stringContaining(text);

/** Matches a text of this form. */
export const matching = (form: RegExp): unknown => expect.stringMatching(form);
