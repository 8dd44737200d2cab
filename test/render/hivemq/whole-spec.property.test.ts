import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asHivemqSpec, type HivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { encodeClusterSpec, formatIssue, parseClusterSpec, reviveClusterSpec } from '../../../src/domain/spec/index.js';
import { renderManifest } from '../../../src/render/products/hivemq/index.js';
import { mustBeWellFormed } from '../../../src/sandbox/broker/config/well-formed.js';
import { secretTargets, wholeSpec } from '../../domain/spec/support/spec-arbitrary.js';
import { at } from './support/rendered-cluster.js';

function specOf(value: unknown): HivemqSpec {
  const result = parseClusterSpec(value);
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  return asHivemqSpec(result.spec);
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false });

function configOf(spec: HivemqSpec): unknown {
  const file = renderManifest(spec, ['n1', 'n2', 'n3'], 'n1').files.find(({ path }) => path === 'conf/config.xml');
  const xml = file?.content ?? '';
  mustBeWellFormed(xml);
  return at(parser.parse(xml), 'hivemq');
}

/** One or several elements, as a list. */
const list = (value: unknown): unknown[] =>
  value === undefined || value === '' ? [] : Array.isArray(value) ? [...(value as unknown[])] : [value];

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Groups of scalars as the elements of config.xml should say them. */
const asElements = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [kebab(key), asElements(inner)]))
    : String(value);

const addresses: Readonly<Record<string, string>> = { host: '10.0.0.11', loopback: '127.0.0.1' };
const address = (value: string) => addresses[value] ?? value;

type TlsListener = Extract<HivemqSpec['listeners'][number], { type: 'tls-tcp' }>;

/** What the tls element must say, its placeholders aside. */
function wantedTls(tls: TlsListener['tls'], use: string) {
  const place = (store: TlsListener['tls']['keystore'] | TlsListener['tls']['truststore'], name: string) =>
    store?.path ?? `/opt/hivemq/conf/tls/${name}.${store?.content ? 'keystore' : 'p12'}`;
  return {
    keystore: place(tls.keystore, use),
    truststore: tls.truststore && place(tls.truststore, `${use}-trust`),
    mode: tls.clientAuthenticationMode,
    protocols: tls.protocols ?? [],
    cipherSuites: tls.cipherSuites ?? [],
    prefer: tls.preferServerCipherSuites === undefined ? undefined : String(tls.preferServerCipherSuites),
    timeout: tls.handshakeTimeout === undefined ? undefined : String(tls.handshakeTimeout),
  };
}

const readTls = (tls: unknown) => ({
  keystore: at(tls, 'keystore.path'),
  truststore: at(tls, 'truststore.path'),
  mode: at(tls, 'client-authentication-mode'),
  protocols: list(at(tls, 'protocols.protocol')),
  cipherSuites: list(at(tls, 'cipher-suites.cipher-suite')),
  prefer: at(tls, 'prefer-server-cipher-suites'),
  timeout: at(tls, 'handshake-timeout'),
});

function wantedListener(one: HivemqSpec['listeners'][number]) {
  return {
    port: String(one.port),
    bindAddress: address(one.bindAddress),
    name: one.name,
    proxyProtocol: one.proxyProtocol ? 'true' : undefined,
    path: 'path' in one ? one.path : undefined,
    subprotocols: 'path' in one ? one.subprotocols : [],
    extensions: 'path' in one && one.allowExtensions ? 'true' : undefined,
    tls: 'tls' in one ? wantedTls(one.tls, `listener-${one.port}`) : undefined,
  };
}

const readListener = (one: unknown) => ({
  port: at(one, 'port'),
  bindAddress: at(one, 'bind-address'),
  name: at(one, 'name'),
  proxyProtocol: at(one, 'proxy-protocol'),
  path: at(one, 'path'),
  subprotocols: list(at(one, 'subprotocols.subprotocol')),
  extensions: at(one, 'allow-extensions'),
  tls: at(one, 'tls') === undefined ? undefined : readTls(at(one, 'tls')),
});

const kinds = ['tcp', 'tls-tcp', 'websocket', 'tls-websocket'] as const;

describe('any valid spec', () => {
  it('is read again from JSON and from the form of a file', () => {
    fc.assert(
      fc.property(wholeSpec, (value) => {
        const spec = specOf(value);
        expect(reviveClusterSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
        expect(specOf(encodeClusterSpec(spec))).toEqual(spec);
      }),
    );
  });

  it('is rendered to well-formed XML that says the same', () => {
    fc.assert(
      fc.property(wholeSpec, (value) => {
        const spec = specOf(value);
        const config = configOf(spec);
        for (const kind of kinds) {
          expect(list(at(config, `listeners.${kind}-listener`)).map(readListener)).toEqual(
            spec.listeners.filter(({ type }) => type === kind).map(wantedListener),
          );
        }
        for (const key of ['mqtt', 'restrictions', 'security', 'overloadProtection'] as const) {
          expect(at(config, kebab(key))).toEqual(spec[key] === undefined ? undefined : asElements(spec[key]));
        }
        for (const key of ['restApi', 'healthApi', 'controlCenter'] as const) {
          expect(at(config, `${kebab(key)}.enabled`)).toBe(String(spec[key].enabled));
          expect(at(config, `${kebab(key)}.listeners.http.port`)).toBe(
            spec[key].enabled ? String(spec[key].port) : undefined,
          );
        }
        const { enabled, https, users } = spec.controlCenter;
        expect(list(at(config, 'control-center.users.user')).map((user) => at(user, 'name'))).toEqual(
          enabled ? users.map(({ name }) => name) : [],
        );
        const found = at(config, 'control-center.listeners.https');
        expect(found === undefined ? undefined : readTls(at(found, 'tls'))).toEqual(
          enabled && https ? wantedTls(https.tls, 'control-center') : undefined,
        );
      }),
    );
  });

  it('has no secret and nothing of where one is found in any rendered text', () => {
    fc.assert(
      fc.property(wholeSpec, (value) => {
        const { files, secretFiles } = renderManifest(specOf(value), ['n1', 'n2', 'n3'], 'n2');
        const text = [...files.map(({ content }) => content), ...secretFiles.map(({ template }) => template)].join(
          '\n',
        );
        for (const target of secretTargets) expect(text).not.toContain(target);
        expect(text).not.toContain('CLUSTER_SECRET');
      }),
    );
  });

  it('gives a value to every placeholder', () => {
    fc.assert(
      fc.property(wholeSpec, (value) => {
        const { files, variables } = renderManifest(specOf(value), ['n1', 'n2', 'n3'], 'n1');
        const xml = files.find(({ path }) => path === 'conf/config.xml')?.content ?? '';
        const needed = [...xml.matchAll(/\$\{ENV:([A-Z0-9_]+)\}/g)].map(([, name]) => name);
        const given = variables.map(({ name }) => name);
        expect(needed.filter((name) => name === undefined || !given.includes(name))).toEqual([]);
        expect(new Set(given).size).toBe(given.length);
      }),
    );
  });
});
