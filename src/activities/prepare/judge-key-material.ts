import { fetchContent } from '../../adapters/content/index.js';
import {
  type KeystoreFacts,
  keystoreProblems,
  materialWarnings,
  readKeystore,
  truststoreProblems,
} from '../../adapters/tls/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { nodesWith, type PlanNode, runnableSteps } from '../../domain/plan/index.js';
import type { Content, Secret } from '../../domain/spec/index.js';
import { steps } from '../../domain/steps/index.js';
import type { MadeStore, NodeManifest } from '../../render/node-manifest.js';
import { rendererOf } from '../../render/products/index.js';
import type { OpenedStore } from '../../render/served-listener.js';
import type { ClusterSession } from '../cluster-session.js';
import { manifestOf } from '../steps/manifest/manifest-of.js';

/** Steps that bring a node its key material. */
const bringing = ['configureNode', 'applySettings', 'rotateCertificates'];
/** Opens what is made for this judgement alone. */
const throwaway = 'judged and thrown away';

/**
 * Judges the key material that a plan will bring, before anything is touched: the password opens it, the key belongs to
 * the certificate, and it is valid now.
 * @param stored whether contents must be in the store already; a dry run of the command line keeps none
 * @returns warnings: names of a node that its certificate is not good for, and certificates that end soon
 * @throws HivekeeperError KeyMaterialInvalid, InvalidInput for a change of the CA that is not due
 */
export async function judgeKeyMaterial(
  session: ClusterSession,
  root: PlanNode,
  { stored, signal }: { readonly stored: boolean; readonly signal: AbortSignal },
): Promise<string[]> {
  for (const { kind, input } of runnableSteps(root)) if (kind === 'rotateAuthority') await judgePhase(session, input);
  const judge = new Judge(session, stored, signal);
  const warnings: string[] = [];
  for (const host of nodesWith(root, bringing)) warnings.push(...(await judge.node(host)));
  return [...new Set(warnings)];
}

async function judgePhase({ dependencies, spec }: ClusterSession, input: unknown): Promise<void> {
  const { phase } = steps.rotateAuthority.input.parse(input);
  if (phase === 'begin') return;
  const state = await dependencies.keyMaterial.authority(spec.name);
  if (phase === 'finish' && state.phase === 'overlap') {
    throw new HivekeeperError(
      'InvalidInput',
      `${spec.name}: its present CA still issues. Run it with rotateCa switch first, so that every node has a certificate of the next one.`,
    );
  }
  if (state.phase !== 'none') return;
  throw new HivekeeperError(
    'InvalidInput',
    `${spec.name}: no change of its CA has begun, so there is nothing to ${phase}. Run it with rotateCa begin first.`,
  );
}

class Judge {
  private readonly opened = new Map<string, Promise<KeystoreFacts | null>>();

  constructor(
    private readonly session: ClusterSession,
    private readonly stored: boolean,
    private readonly signal: AbortSignal,
  ) {}

  async node(host: string): Promise<string[]> {
    const { spec, product } = this.session;
    const manifest = manifestOf(spec, [host], host);
    const reached = product.clientEndpoints(spec, [host]).filter(({ tls, local }) => tls && !local);
    const addresses = [...new Set(reached.map(({ address }) => address))];
    const warnings: string[] = [];
    for (const store of rendererOf(spec).openedStores(spec)) {
      const facts = await this.facts(store, manifest);
      if (facts === null) continue;
      const problems = store.isKeystore ? keystoreProblems(facts, []) : truststoreProblems(facts);
      if (problems.length > 0) throw unusable(`${spec.name}: ${store.path}`, problems);
      if (store.isKeystore)
        warnings.push(...materialWarnings(facts, addresses).map((one) => `${store.path} on ${host} ${one}`));
    }
    return warnings;
  }

  /** Null for what nothing can be said of yet: what lies on the host, what its issuer makes, what is not here. */
  private async facts({ path, ...variables }: OpenedStore, manifest: NodeManifest): Promise<KeystoreFacts | null> {
    const made = manifest.stores.find((store) => store.path === path);
    const content = manifest.contents.find((placed) => placed.path === path)?.content;
    const secretOf = (name: string): Secret | null => {
      const value = manifest.variables.find((variable) => variable.name === name)?.value;
      return value?.from === 'secret' ? value.secret : null;
    };
    const passwords = [secretOf(variables.passwordVariable), secretOf(variables.privateKeyPasswordVariable)];
    const key = JSON.stringify([made?.source ?? content ?? null, passwords]);
    let facts = this.opened.get(key);
    if (facts === undefined) {
      facts = made ? this.made(made) : content ? this.given(content, path, passwords) : Promise.resolve(null);
      this.opened.set(key, facts);
    }
    return facts;
  }

  private async given(
    content: Content,
    path: string,
    [password, ofKey]: readonly (Secret | null | undefined)[],
  ): Promise<KeystoreFacts | null> {
    const bytes = await this.bytes(content);
    if (bytes === null || !password) return null;
    const { secrets } = this.session.dependencies;
    const privateKeyPassword = ofKey ? { privateKeyPassword: await secrets.resolve(ofKey) } : {};
    return readKeystore(bytes, { password: await secrets.resolve(password), ...privateKeyPassword }, this.title(path));
  }

  private async made({ source, path }: MadeStore): Promise<KeystoreFacts | null> {
    const { keyMaterial, secrets } = this.session.dependencies;
    const title = this.title(path);
    if (source.from === 'pem-key') {
      const [certificate, key] = [await this.bytes(source.certificate), await this.bytes(source.privateKey)];
      if (certificate === null || key === null) return null;
      const passphrase = source.passphrase ? { passphrase: await secrets.resolve(source.passphrase) } : {};
      const texts = { certificateChain: certificate.toString('utf8'), privateKey: key.toString('utf8'), title };
      const bytes = await keyMaterial.keystoreFrom({ ...texts, ...passphrase }, throwaway);
      return readKeystore(bytes, { password: throwaway }, title);
    }
    if (source.from !== 'pem-certificates') return null;
    const certificates = await this.bytes(source.certificates);
    if (certificates === null) return null;
    const bytes = keyMaterial.truststoreFrom(certificates.toString('utf8'), throwaway);
    return readKeystore(bytes, { password: throwaway }, title);
  }

  private async bytes(content: Content): Promise<Buffer | null> {
    const { store, secrets } = this.session.dependencies;
    const here =
      'url' in content
        ? (await store.has(content.sha256)) !== null
        : 'stored' in content
          ? this.stored
          : !('file' in content);
    if (!here) return null;
    const { sha256 } = await fetchContent(content, store, { secrets, signal: this.signal });
    return store.read(sha256);
  }

  private readonly title = (path: string): string => `${this.session.spec.name}: ${path}`;
}

const unusable = (what: string, problems: readonly string[]): HivekeeperError =>
  new HivekeeperError(
    'KeyMaterialInvalid',
    `${what} cannot be used: it ${problems.join('; it ')}. Nothing was touched.`,
    {
      problems: [...problems],
    },
  );
