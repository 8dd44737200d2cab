import { describe, expect, it } from 'vitest';
import { renderServiceEnvironment } from '../../../src/render/products/hivemq/environment.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { hostOf, parsedSpec } from '../parsed-spec.js';

const rendered = (java: unknown): string[] => {
  const spec = parsedSpec({ broker: { ...exampleSpec().broker, java } });
  return renderServiceEnvironment(spec, hostOf(spec, 'n1')).split('\n');
};

describe('the environment of a broker with its own Java', () => {
  it('has that Java first on the PATH, where the run script looks', () => {
    const lines = rendered({ stored: '0123456789abcdef'.repeat(4) });
    const home = '/opt/hivemq/packages/java-0123456789ab';
    expect(lines).toContain(`PATH="${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"`);
    expect(lines).toContain(`JAVA_HOME="${home}"`);
  });

  it('leaves PATH to the host otherwise', () => {
    expect(rendered('system').filter((line) => /^(PATH|JAVA_HOME)=/.test(line))).toEqual([]);
  });
});
