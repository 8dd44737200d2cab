/** The private Temporal server of `hivekeeper up`, `demo`, `recover --standalone` and the tests. */
export { ensureTemporalProgram } from './ensure-program.js';
export { findTemporalProgram } from './find-program.js';
export { startTemporalServer, type TemporalServer } from './start.js';
