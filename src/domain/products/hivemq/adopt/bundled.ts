/**
 * Extensions that come with HiveMQ's packages, and whether they are enabled there. Only the first is in the Community
 * Edition's; the others have a DISABLED file in the Enterprise package (HiveMQ documentation, "Enterprise Extensions").
 */
export const bundledExtensions: Readonly<Record<string, { readonly enabled: boolean }>> = {
  'hivemq-allow-all-extension': { enabled: true },
  'hivemq-amazon-kinesis-extension': { enabled: false },
  'hivemq-bridge-extension': { enabled: false },
  'hivemq-data-lake-extension': { enabled: false },
  'hivemq-distributed-tracing-extension': { enabled: false },
  'hivemq-enterprise-security-extension': { enabled: false },
  'hivemq-google-cloud-pubsub-extension': { enabled: false },
  'hivemq-kafka-extension': { enabled: false },
  'hivemq-mongodb-extension': { enabled: false },
  'hivemq-mysql-extension': { enabled: false },
  'hivemq-postgresql-extension': { enabled: false },
  'hivemq-snowflake-extension': { enabled: false },
};
