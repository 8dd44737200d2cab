import { Option } from '@commander-js/extra-typings';
import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

/** `hivekeeper endpoints CLUSTER`: where clients and monitoring reach a cluster. */
export const registerEndpoints: CommandModule = (program, io) => {
  const command = program
    .command('endpoints')
    .summary('show where clients connect, as a table, DNS records or a target list')
    .description(
      'Shows every MQTT listener of every member, as the record of the cluster has them. With --srv as DNS records in ' +
        'the form of a zone file, for clients that look a broker up: _mqtt._tcp (MQTT), _secure-mqtt._tcp (MQTT over ' +
        'TLS), _ws._tcp and _wss._tcp (over WebSocket, without and with TLS; their path stands in a TXT record). With ' +
        '--prometheus as a list of targets for file_sd_configs. Nothing is observed: a node that is down is listed too.',
    )
    .argument('<cluster>', 'name of the cluster')
    .addOption(
      new Option('--srv', 'DNS SRV records, with the address records they need').conflicts(['prometheus', 'json']),
    )
    .option('--domain <name>', 'with --srv: the domain of the records; default: that of the zone they are put in')
    .addOption(new Option('--prometheus', 'targets of the Prometheus extension, as JSON').conflicts('json'))
    .option('--json', 'print JSON, and nothing else, on stdout', false);
  addTemporalOptions(command);
  command.action(async (cluster, { srv, domain, prometheus, json }) => {
    const { showEndpoints } = await import('./show-endpoints.js');
    const form = srv === true ? 'srv' : prometheus === true ? 'prometheus' : json ? 'json' : 'table';
    await showEndpoints({ cluster, form, domain }, temporalOptions(command), io);
  });
};
