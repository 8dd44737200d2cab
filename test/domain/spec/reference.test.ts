import { describe, expect, it } from 'vitest';
import { specJsonSchema, specProducts } from '../../../src/domain/spec/index.js';
import { specKeys, specReference } from './spec-reference.js';

describe('the schema', () => {
  it.each(specProducts)('of %s describes every key', (product) => {
    expect(
      specKeys(product)
        .filter((key) => key.text === '')
        .map((key) => key.path),
    ).toEqual([]);
  });

  it('is the input side, of draft 2020-12', () => {
    const schema = specJsonSchema('hivemq');
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toEqual(['name', 'broker', 'ssh', 'hosts', 'nodes']);
    expect(schema.additionalProperties).toBe(false);
    expect(JSON.stringify(schema)).toContain('"^(\\\\d{1,9})(ms|s|m|h|d)$"');
  });

  it('is refused for a product that is none', () => {
    expect(() => specJsonSchema('toString')).toThrow(/known: hivemq/);
  });

  it('is what the reference page says', async () => {
    await expect(specReference('hivemq')).toMatchFileSnapshot('../../../docs/reference/cluster-spec.md');
  });
});
