/** The private Temporal server of `hivekeeper up`, `demo`, `recover --standalone` and the tests. */
export { type SearchAttributeType } from './arguments.js';
export { ensureTemporalProgram, type EnsureProgramOptions, TEMPORAL_CLI_MODULE } from './ensure-program.js';
export { findTemporalProgram, PROGRAM_VARIABLE, type ProgramPlaces } from './find-program.js';
export { freePorts } from './free-port.js';
export { TemporalServerError } from './program-error.js';
export { startTemporalServer, type TemporalServer, type TemporalServerOptions } from './start.js';
