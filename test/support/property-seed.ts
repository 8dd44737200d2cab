import fc from 'fast-check';

/*
 * The property tests try the same inputs in each run, so that a run that fails is about the change and can be repeated.
 * `HIVEKEEPER_PROPERTY_SEED=random npx vitest run <file>` tries others; a number repeats one of those.
 */
const wanted = process.env['HIVEKEEPER_PROPERTY_SEED'];

if (wanted !== 'random') fc.configureGlobal({ seed: wanted === undefined ? 20_240_229 : Number(wanted) });
