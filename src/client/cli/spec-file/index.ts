export { loadSpecFile, type LoadedSpec } from './load-spec-file.js';
export { SpecFileError } from './spec-file-error.js';
