import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import { renderXml, type XmlTree } from '../../xml.js';

// The vendor's own line format: whoever reads these logs, Hivekeeper included, knows it.
const encoder = { pattern: '%-30(%d %level)- %msg%n%ex' };
const daysKept = 30;

const eventLoggers = ['client-connected', 'client-disconnected', 'message-dropped', 'client-session-expired'];

const rolling = 'ch.qos.logback.core.rolling';

function appenders(folder: string): XmlTree[] {
  return [
    { '@_name': 'CONSOLE', '@_class': 'ch.qos.logback.core.ConsoleAppender', encoder },
    {
      '@_name': 'FILE',
      '@_class': `${rolling}.RollingFileAppender`,
      file: `${folder}/hivemq.log`,
      rollingPolicy: {
        '@_class': `${rolling}.TimeBasedRollingPolicy`,
        fileNamePattern: `${folder}/hivemq.%d{yyyy-MM-dd}.log`,
        maxHistory: daysKept,
      },
      encoder,
    },
    {
      '@_name': 'MIGRATIONS-FILE',
      '@_class': 'ch.qos.logback.core.FileAppender',
      file: `${folder}/migration.log`,
      encoder,
    },
    {
      '@_name': 'EVENT-FILE',
      '@_class': `${rolling}.RollingFileAppender`,
      file: `${folder}/event.log`,
      rollingPolicy: {
        '@_class': `${rolling}.FixedWindowRollingPolicy`,
        fileNamePattern: `${folder}/event-%i.log.gz`,
        minIndex: 1,
        maxIndex: 5,
      },
      triggeringPolicy: { '@_class': `${rolling}.SizeBasedTriggeringPolicy`, maxFileSize: '100MB' },
      encoder: { pattern: '%-24(%d)- %msg%n%ex' },
    },
  ];
}

const own = (name: string, appender: string): XmlTree => ({
  '@_name': name,
  '@_level': 'DEBUG',
  '@_additivity': 'false',
  'appender-ref': { '@_ref': appender },
});

const quiet = (name: string, level: string): XmlTree => ({ '@_name': name, '@_level': level });

/** The broker's own loggers: at INFO at least, because waits follow the lines of joining, merging and replication. */
const ownLevel = (level: HivemqSpec['logLevel']): string => (level === 'WARN' || level === 'ERROR' ? 'INFO' : level);

/** logback.xml of one node: the files of the vendor's default at the same places. The broker reads it again each minute. */
export function renderLogbackXml(spec: HivemqSpec, host: ResolvedHost): string {
  return renderXml({
    configuration: {
      '@_scan': 'true',
      '@_scanPeriod': '60 seconds',
      '#comment':
        ' Written by Hivekeeper. The level of com.hivemq must stay at INFO or below: synchronization is read from its lines. ',
      appender: appenders(`${host.home}/log`),
      logger: [
        { '@_name': 'com.hivemq', '@_level': ownLevel(spec.logLevel) },
        ...eventLoggers.map((name) => own(`event.${name}`, 'EVENT-FILE')),
        own('migrations', 'MIGRATIONS-FILE'),
        quiet('jetbrains.exodus', 'WARN'),
        quiet('org.eclipse.jetty', 'ERROR'),
        quiet('oshi', 'ERROR'),
        quiet('com.google.common.util.concurrent.Futures.CombinedFuture', 'OFF'),
      ],
      root: { '@_level': spec.logLevel, 'appender-ref': [{ '@_ref': 'FILE' }, { '@_ref': 'CONSOLE' }] },
    },
  });
}
