import type { CommandModule } from '../index.js';

/** `hivekeeper hosts scan FILE`: the fingerprints to write into a spec. */
export const registerHosts: CommandModule = (program, io) => {
  program
    .command('hosts')
    .description('Commands about the hosts of a spec.')
    .command('scan')
    .summary('print the SSH host keys of a spec’s hosts')
    .description(
      'Asks each host of a spec for its SSH host keys, without logging in, and prints the lines to paste into the ' +
        'spec. A key proves nothing until you have compared it with the one on the host itself.',
    )
    .argument('<file>', 'cluster spec, YAML or JSON; `hostKey` may still be missing')
    .option('--json', 'print JSON, and nothing else, on stdout', false)
    .action(async (file, { json }) => {
      const { scanHosts } = await import('./scan-hosts.js');
      await scanHosts(file, json, io);
    });
};
