import { describe, expect, it } from 'vitest';
import { adoptedUnitCommands } from '../../src/render/systemd/root-commands.js';

describe('what is asked of a unit that somebody else has made', () => {
  it('names it', () => {
    expect(adoptedUnitCommands('hivemq.service').stop).toEqual(['/usr/bin/systemctl', 'stop', 'hivemq.service']);
    expect(adoptedUnitCommands('hivemq@a.service').disable.at(-1)).toBe('hivemq@a.service');
  });

  it.each(['--force', 'hivemq', 'a b.service', '../x.service', 'x.service\n', ''])('is nothing for %j', (name) => {
    expect(() => adoptedUnitCommands(name)).toThrow('is no name of a service');
  });
});
