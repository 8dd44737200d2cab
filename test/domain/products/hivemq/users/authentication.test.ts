import { describe, expect, it } from 'vitest';
import type { ObservedExtension } from '../../../../../src/domain/observation/index.js';
import { hivemqUsers } from '../../../../../src/domain/products/hivemq/users/index.js';

const [allowAll, rbac] = ['hivemq-allow-all-extension', 'hivemq-file-rbac-extension'];
const extension = (id: string, more: Partial<ObservedExtension> = {}): ObservedExtension => ({
  ...{ id, version: '1.0.0', enabled: true, archive: null, bundled: false, said: 'started', line: null },
  ...more,
});
const problem = (...extensions: ObservedExtension[]) => hivemqUsers.authenticationProblem(extensions);

describe('who decides about clients', () => {
  it.each([
    ['everybody is let in', [extension(allowAll)]],
    ['users are', [extension(rbac), extension(allowAll, { enabled: false, said: 'stopped' })]],
    ['an extension that may be anything', [extension('acme-login'), extension(allowAll, { enabled: false })]],
    ['one failed at its start', [extension(rbac, { said: 'failed' }), extension(allowAll)]],
  ])('is one: %s', (_, extensions) => expect(problem(...extensions)).toBeNull());

  it('is contradicted by the one that lets everybody in', () => {
    expect(problem(extension(rbac), extension(allowAll))).toMatch(
      /^hivemq-file-rbac-extension and hivemq-allow-all-ext/,
    );
    expect(problem(extension('hivemq-enterprise-security-extension'), extension(allowAll))).toContain(
      'lets everybody in',
    );
  });

  it.each([
    ['there is none', []],
    ['all are disabled', [extension(rbac, { enabled: false }), extension(allowAll, { enabled: false })]],
    ['the only one failed', [extension(rbac, { said: 'failed' })]],
    ['others have nothing to do with it', [extension('hivemq-prometheus-extension')]],
  ])('is nobody: %s', (_, extensions) => expect(problem(...extensions)).toContain('lets nobody in'));
});
