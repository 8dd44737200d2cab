import { programPath } from '../../src/sandbox/hosts/program-path.js';
import { DNSMASQ_INSTALL, findDnsmasq, findVersitygw, VERSITYGW_INSTALL } from '../../src/sandbox/services/index.js';
import type { Requirement } from './requirements.js';

/** A program that tests need, and where it is; the path is empty when it is missing. */
export interface ProgramRequirement extends Requirement {
  readonly program: string;
}

const requirement = (name: string, program: string | undefined, install: string): ProgramRequirement => ({
  program: program ?? '',
  missing: program === undefined ? `There is no ${name} here.` : undefined,
  install,
});

/** The S3 server; the run's global setup has built it where there is Go. */
export const s3Requirement = async (): Promise<ProgramRequirement> =>
  requirement('versitygw', await findVersitygw(), VERSITYGW_INSTALL);

/** The DNS server. */
export const dnsRequirement = async (): Promise<ProgramRequirement> =>
  requirement('dnsmasq', await findDnsmasq(), DNSMASQ_INSTALL);

/** A program of the machine by its name, and the Debian package that holds it. */
export const programRequirement = (name: string, debianPackage: string): ProgramRequirement =>
  requirement(name, programPath(name), `apt-get install ${debianPackage}, as root.`);
