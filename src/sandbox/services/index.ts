/** Real servers that stand beside the stage: S3 and DNS, for discovery. */
export { type DnsRecords, type DnsServer, type DnsServerOptions, startDnsServer } from './dns-server.js';
export { DNSMASQ_INSTALL, findDnsmasq } from './dnsmasq.js';
export { type S3Server, type S3ServerOptions, startS3Server } from './s3-server.js';
export { ServiceError } from './service-error.js';
export { ensureVersitygw, findVersitygw, VERSITYGW_INSTALL } from './versitygw.js';
