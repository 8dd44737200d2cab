import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml } from '../config/xml.js';
import type { Log } from '../log.js';
import { type Applicant, type Admission, type Authenticator, refusals } from './authenticator.js';
import { type Credentials, type PasswordType, readCredentials } from './credentials.js';
import { fitsHash, fitsPlain } from './password.js';
import type { Permission } from './permissions.js';

interface Settings {
  reloadSeconds: number;
  listeners: string[];
  passwordType: PasswordType;
  nextInsteadOfFail: boolean;
}

/** The old place of a file, in the extension's folder itself, wins over the one in conf. */
function locate(home: string, legacy: string, name: string, log: Log): string {
  const old = join(home, legacy);
  if (!existsSync(old)) return join(home, 'conf', name);
  log.warn(`The configuration file is placed at the deprecated legacy location '${old}'.`);
  return old;
}

/** What is missing or cannot be read has its default (File RBAC extension, ExtensionConfig). */
function readSettings(home: string, log: Log): Settings {
  let xml;
  try {
    const file = locate(home, 'extension-config.xml', 'config.xml', log);
    xml = parseXml(readFileSync(file, 'utf8'), 'extension-configuration');
  } catch {
    return { reloadSeconds: 60, listeners: [], passwordType: 'HASHED', nextInsteadOfFail: false };
  }
  const seconds = xml.child('credentials-reload-interval').number(60);
  return {
    reloadSeconds: seconds < 1 ? 60 : seconds,
    listeners: xml
      .child('listener-names')
      .all('listener-name')
      .map((name) => name.text('')),
    passwordType: xml.child('password-type').text('HASHED') === 'PLAIN' ? 'PLAIN' : 'HASHED',
    nextInsteadOfFail: xml.child('next-extension-instead-of-fail').flag(false),
  };
}

/** `${{clientid}}` and `${{username}}`, whatever the case of the words. */
function fill(topic: string, clientId: string, username: string): string {
  return topic.replace(/\$\{\{(clientid|username)\}\}/gi, (_all, key: string) =>
    key.toLowerCase() === 'clientid' ? clientId : username,
  );
}

/** The time in the name of an archived file; its hours are those of a clock face, as in the extension. */
function archiveStamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = two(at.getHours() % 12 === 0 ? 12 : at.getHours() % 12);
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}-${hours}-${two(at.getMinutes())}-${two(at.getSeconds())}`;
}

/**
 * The File RBAC extension 4.6: users, roles and permissions from credentials.xml, which is looked at again as
 * credentials-reload-interval says. A changed file is one whose time of modification is later than the last reading: an
 * older file that is put in its place goes unnoticed, unless there are no credentials yet. A file with an error changes
 * nothing. The lines are the extension's; only new connections go by new credentials.
 */
export class FileRbac implements Authenticator {
  private readonly settings: Settings;
  private readonly file: string;
  private credentials: Credentials | undefined;
  private text = '';
  private lastRead: number;
  private readonly timer: NodeJS.Timeout;

  /** @param longest milliseconds between two looks at most; undefined: as the configuration has it */
  constructor(
    private readonly home: string,
    private readonly log: Log,
    longest: number | undefined,
  ) {
    this.settings = readSettings(home, log);
    this.file = locate(home, 'credentials.xml', 'credentials.xml', log);
    this.credentials = this.read();
    this.lastRead = Date.now();
    if (!this.credentials)
      log.warn('No credentials configuration file for file auth extension available, denying all connections.');
    const wanted = this.settings.reloadSeconds * 1000;
    this.timer = setInterval(() => this.look(), Math.min(wanted, longest ?? wanted)).unref();
  }

  private read(): Credentials | undefined {
    if (!existsSync(this.file)) {
      this.log.error(`Unable to read configuration file ${this.file}`);
      return undefined;
    }
    try {
      const text = readFileSync(this.file, 'utf8');
      const { credentials, errors } = readCredentials(parseXml(text, 'file-rbac'), this.settings.passwordType);
      if (credentials) this.text = text;
      else
        this.log.warn(
          `Configuration for file auth extension has errors: ${errors.map((error) => `\n\t- ${error}`).join('')}`,
        );
      return credentials;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.log.error(`Could not read configuration file, reason: ${why}`);
      return undefined;
    }
  }

  private look(): void {
    if (!existsSync(this.file)) return;
    if (this.credentials && this.lastRead >= statSync(this.file).mtimeMs) return;
    const old = this.text;
    const now = this.read();
    this.lastRead = Date.now();
    if (!now) return;
    this.log.info('Credentials configuration for file auth extension changed, using new configuration.');
    if (this.credentials) this.archive(old);
    this.credentials = now;
  }

  private archive(text: string): void {
    try {
      const folder = join(this.home, 'credentials-archive');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${archiveStamp(new Date())}-credentials.xml`), text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.log.warn(`Archival of the old credentials config failed. Reason: ${why}`);
    }
  }

  decide(applicant: Applicant): Admission | undefined {
    const { listeners, nextInsteadOfFail } = this.settings;
    if (listeners.length > 0 && !listeners.includes(applicant.listener)) return undefined;
    const answer = this.judge(applicant);
    return !answer.admitted && nextInsteadOfFail ? undefined : answer;
  }

  private judge({ clientId, username, password }: Applicant): Admission {
    if (username === undefined || password === undefined)
      return { admitted: false, reason: refusals.badUserNameOrPassword };
    if (/[#+]/.test(clientId)) return { admitted: false, reason: refusals.clientIdNotValid };
    if (/[#+]/.test(username)) return { admitted: false, reason: refusals.badUserNameOrPassword };
    const user = this.credentials?.users.find(({ name }) => name === username);
    const fits = this.settings.passwordType === 'PLAIN' ? fitsPlain : fitsHash;
    if (!user || !fits(password, user.password)) return { admitted: false, reason: refusals.notAuthorized };
    const permissions: Permission[] = user.roles
      .flatMap((role) => this.credentials?.roles.get(role) ?? [])
      .map((one) => ({ ...one, topic: fill(one.topic, clientId, username) }));
    return { admitted: true, permissions };
  }

  close(): void {
    clearInterval(this.timer);
  }
}
