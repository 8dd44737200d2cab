import { describe, expect, it } from 'vitest';
import { operations } from '../../src/domain/operations/index.js';
import { recordWorkflowType } from '../../src/domain/record/index.js';
import * as workflows from '../../src/workflows/index.js';

describe('the workflow types', () => {
  it('are the operations of the registry and the record', () => {
    expect(Object.keys(workflows).sort()).toEqual([...Object.keys(operations), recordWorkflowType].sort());
  });

  it('are functions', () => {
    for (const workflow of Object.values(workflows)) expect(workflow).toBeTypeOf('function');
  });
});
