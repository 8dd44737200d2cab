import { onTestFinished } from 'vitest';
import {
  type DnsRecords,
  type DnsServer,
  type S3Server,
  type S3ServerOptions,
  startDnsServer,
  startS3Server,
} from '../../src/sandbox/services/index.js';
import { dnsRequirement, s3Requirement } from './service-requirements.js';

/** An S3 server that ends with the test. Tests that call this are left out where `s3Requirement` says so. */
export async function s3ServerForTest(options: Omit<S3ServerOptions, 'program'>): Promise<S3Server> {
  const { program } = await s3Requirement();
  const server = await startS3Server({ program, ...options });
  onTestFinished(() => server.stop());
  return server;
}

/** A DNS server that ends with the test. Tests that call this are left out where `dnsRequirement` says so. */
export async function dnsServerForTest(records: DnsRecords = {}, address = '127.0.0.1'): Promise<DnsServer> {
  const { program } = await dnsRequirement();
  const server = await startDnsServer({ program, records, address });
  onTestFinished(() => server.stop());
  return server;
}
