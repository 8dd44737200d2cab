export { loadOutlineFile, loadSpecFile, type LoadedOutline, type LoadedSpec } from './load-spec-file.js';
export { SpecFileError } from './spec-file-error.js';
