export { type Nature, natureOf } from './binary-search.js';
export { maskStream, type MaskStreamOptions } from './mask-stream.js';
export { SecretValues } from './secret-values.js';
export { maskText, type TextKind } from './text-masker.js';
