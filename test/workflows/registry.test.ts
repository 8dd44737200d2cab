import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isOperationType, operationDefinition, operations } from '../../src/domain/operations/index.js';
import { recordWorkflowType } from '../../src/domain/record/index.js';
import * as workflows from '../../src/workflows/index.js';

const types = Object.keys(operations).filter(isOperationType);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const scenarios = readdirSync(fileURLToPath(new URL('../scenarios', import.meta.url)))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => read(`test/scenarios/${name}`));

describe('the workflow types', () => {
  it('are the operations of the registry and the record', () => {
    expect(Object.keys(workflows).sort()).toEqual([...types, recordWorkflowType].sort());
  });

  it('are functions', () => {
    for (const workflow of Object.values(workflows)) expect(workflow).toBeTypeOf('function');
  });
});

describe('an operation of the registry', () => {
  it.each(types)('%s has its section in the reference', (type) => {
    expect(read('docs/reference/operations.md')).toContain(`\n## ${type}\n`);
  });

  it.each(types)('%s is run on the stage, by its type or by its command', (type) => {
    const { command } = operationDefinition(type).cli;
    const calls = [`run('${type}'`, `complete('${type}'`, `start('${type}'`, `typed('${command}'`];
    expect(scenarios.some((text) => calls.some((call) => text.includes(call)))).toBe(true);
  });
});
