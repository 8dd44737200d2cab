import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../../../src/client/cli/program.js';
import { hashProblem } from '../../../../src/domain/products/hivemq/file-rbac/index.js';

const salt = 'WFNQUVB0UkxjM04xa0hSR1BQNGhuOTJKVzdlbXA4bjk=';
const hash = `${salt}:100:FY12nwpUEbBK9EKQ/Aw/rQKSoA7jXsC0HKELwU2mLCVU39bJVK0zf4NemuFeDOHPO4BW1nOjxi6NporkC6rUog==`;

async function type(input: string | Buffer, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const code = await run(['users', 'hash', ...args], {
    stdout: { write: (chunk) => (text.out += chunk) },
    stderr: { write: (chunk) => (text.err += chunk) },
    stdin: Readable.from([input]),
    ...{ isTTY: false, env: {}, cwd: '/' },
  });
  return { code, ...text };
}

describe('hivekeeper users hash', () => {
  it.each(['pass1', 'pass1\n', 'pass1\r\n'])('prints the vendor’s hash of %j in one line', async (input) => {
    expect(await type(input, '--salt', salt)).toEqual({ code: 0, out: `${hash}\n`, err: '' });
  });

  it('takes another number of iterations', async () => {
    const { out } = await type('pass1', '--salt', salt, '--iterations', '5000');
    expect(out).toMatch(/^[^:]+:5000:[^:]+\n$/);
    expect(hashProblem(out.trim())).toBeNull();
  });

  it('makes a salt of its own', async () => {
    const [one, other] = [await type('pass1'), await type('pass1')];
    expect(one.out).not.toBe(other.out);
    expect(Buffer.from(one.out.split(':')[0] ?? '', 'base64').toString()).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('keeps blanks of a password', async () => {
    expect((await type(' pass1', '--salt', salt)).out).not.toBe(`${hash}\n`);
  });

  it.each([
    ['nothing', '', 'is empty'],
    ['an empty line', '\n', 'is empty'],
    ['two lines', 'secret-a\nsecret-b\n', 'has more than one line'],
    ['other bytes than UTF-8', Buffer.from([0xff, 0xfe]), 'is no UTF-8'],
    ['a large file', 's'.repeat(70_000), 'is longer than 65536 bytes'],
  ])('refuses %s and says so without quoting it', async (_, input, reason) => {
    const { code, out, err } = await type(input);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`standard input ${reason}`);
    expect(err).not.toContain('secret');
  });

  it.each([
    ['--iterations', '0'],
    ['--iterations', '1.5'],
    ['--salt', 'no base64!'],
    ['--salt', ''],
  ])('refuses %s %j', async (option, value) => {
    const { code, err } = await type('pass1', option, value);
    expect(code).toBe(2);
    expect(err).toContain('It needs');
  });
});
