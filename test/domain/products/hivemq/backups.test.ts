import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupPath, meaningOf, readBackup } from '../../../../src/domain/products/hivemq/backups.js';

describe('backups', () => {
  it('lie where the broker looks for them', () => {
    expect(backupPath('20220827-155127.hivemq-4.9.0.backup')).toBe(
      'backup/20220827-155127/20220827-155127.hivemq-4.9.0.backup',
    );
    expect(backupPath('20201006-1902318.hivemq-4.30.10.backup')).toContain('backup/20201006-1902318/');
  });

  it('have no other names, least of all such that lead elsewhere', () => {
    const others = ['', 'x.backup', '../20220827-155127.hivemq-4.9.0.backup', '20220827-155127.hivemq-4.9.0.backup/..'];
    for (const name of [...others, '20220827-155127.hivemq-4.9.0.backup\n']) expect(() => backupPath(name)).toThrow();
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(() => backupPath(name)).toThrow();
      }),
    );
  });

  it('have states that mean what the API description says', () => {
    const meanings = [
      'COMPLETED',
      'IN_PROGRESS',
      'RESTORE_IN_PROGRESS',
      'RESTORE_COMPLETED',
      'FAILED',
      'RESTORE_FAILED',
      'CANCELLED',
    ];
    expect(meanings.map(meaningOf)).toEqual(['idle', 'running', 'running', 'done', 'failed', 'failed', 'unknown']);
  });

  it('are read with what is there', () => {
    expect(readBackup('{"backup":{"id":"a","state":"COMPLETED"}}')).toEqual({
      id: 'a',
      state: 'COMPLETED',
      bytes: null,
      failReason: null,
    });
    expect(readBackup('[]')).toBeNull();
  });
});
