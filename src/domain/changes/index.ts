export { type Difference, type ListKeys } from './differences.js';
export { type ChangeContext, type ChangeRule, type ProductChanges } from './rules.js';
export { changeText, type ChangeEffect, type SpecChange, specChangeSchema } from './spec-change.js';
export { specChanges } from './spec-changes.js';
