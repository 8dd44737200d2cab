import type { Argv } from '../systemd/root-commands.js';

/** What is asked as root of one unit of the balancer, which lies in its home to be installed from. */
export function unitCommands(unit: string, home: string) {
  const systemctl = (...rest: string[]): Argv => ['/usr/bin/systemctl', ...rest];
  const staged = `${home}/${unit}`;
  const path = `/etc/systemd/system/${unit}`;
  return {
    staged,
    path,
    install: ['/usr/bin/install', '-D', '-o', 'root', '-g', 'root', '-m', '0644', staged, path],
    daemonReload: systemctl('daemon-reload'),
    start: systemctl('start', unit),
    reload: systemctl('reload', unit),
    stop: systemctl('stop', unit),
    enable: systemctl('enable', unit),
    disable: systemctl('disable', unit),
    isActive: systemctl('is-active', '--quiet', unit),
  } as const satisfies Readonly<Record<string, Argv | string>>;
}
