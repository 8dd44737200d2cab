import { describe, expect, it } from 'vitest';
import { checksPage } from './checks-page.js';
import { dcosPlansPage } from './dcos-plans.js';
import { errorsPage } from './errors-page.js';
import { operationsPage } from './operations-page.js';

describe('a reference page says what the program does', () => {
  it('operations', async () => {
    await expect(await operationsPage()).toMatchFileSnapshot('../../docs/reference/operations.md');
  });
  it('checks', async () => {
    await expect(checksPage()).toMatchFileSnapshot('../../docs/reference/checks.md');
  });
  it('plans of the DC/OS service', async () => {
    await expect(dcosPlansPage()).toMatchFileSnapshot('../../docs/reference/dcos-plans.md');
  });
  it('errors', async () => {
    await expect(errorsPage()).toMatchFileSnapshot('../../docs/reference/errors.md');
  });
});
