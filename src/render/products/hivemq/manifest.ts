import { extensionsOf, fileRbacExtension } from '../../../domain/products/hivemq/file-rbac/index.js';
import { bundledExtensions } from '../../../domain/products/hivemq/adopt/index.js';
import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { resolveHost } from '../../../domain/spec/index.js';
import { memberHosts } from '../../members.js';
import type { NodeManifest, PlacedContent, SecretVariable } from '../../node-manifest.js';
import { startGuardPath } from '../../systemd/names.js';
import { renderConfigXml } from './config-xml.js';
import { discoveryManifest } from './discovery-manifest.js';
import { renderServiceEnvironment } from './environment.js';
import { controlCenterPasswordVariable } from './key-material.js';
import { renderLogbackXml } from './logback-xml.js';
import { renderStartGuard } from './start-guard.js';
import { storeManifest } from './store-manifest.js';
import { usersManifest } from './users-manifest.js';

type File = NodeManifest['files'][number];

function filesOf(spec: HivemqSpec, members: readonly string[], name: string): File[] {
  const host = resolveHost(spec, memberHosts(spec, members, name).host);
  const own = { mode: 0o640, effect: 'restart' } as const;
  const guard: File = {
    path: startGuardPath,
    content: renderStartGuard(spec, members, name),
    mode: 0o750,
    effect: 'restart',
  };
  return [
    ...(spec.configOverride
      ? []
      : [{ path: 'conf/config.xml', content: renderConfigXml(spec, members, name), ...own }]),
    { path: 'conf/logback.xml', content: renderLogbackXml(spec, host), mode: 0o640, effect: 'hot' },
    { path: 'conf/hivekeeper.env', content: renderServiceEnvironment(spec, host), ...own },
    ...(spec.broker.supervisor === 'systemd' ? [guard] : []),
  ];
}

function variablesOf({ env, controlCenter }: HivemqSpec): SecretVariable[] {
  const users = controlCenter.enabled ? controlCenter.users : [];
  return [
    ...Object.entries(env).flatMap(([name, value]): SecretVariable[] =>
      typeof value === 'string' ? [] : [{ name, value: { from: 'secret', secret: value } }],
    ),
    ...users.map(
      ({ name, password }, index): SecretVariable => ({
        name: controlCenterPasswordVariable(index),
        value: { from: 'control-center-password', user: name, secret: password },
      }),
    ),
  ];
}

function contentsOf({ configOverride, licenses, extensions }: HivemqSpec): PlacedContent[] {
  const readable = { mode: 0o640, effect: 'hot' } as const;
  return [
    ...(configOverride
      ? [{ path: 'conf/config.xml', content: configOverride, mode: 0o640, effect: 'restart' } as const]
      : []),
    ...licenses.map(({ name, content }) => ({ path: `license/${name}`, content, ...readable })),
    ...extensions.flatMap(({ id, files, supportsHotReload }) => {
      const effect = supportsHotReload ? 'hot' : 'restart';
      return Object.entries(files).map(
        ([path, content]): PlacedContent => ({ path: `extensions/${id}/${path}`, content, mode: 0o640, effect }),
      );
    }),
  ];
}

/** One of the package's own that is off need not be there: somebody may have taken its folder away instead. */
function isAsGoodAsGone({
  id,
  content,
  enabled,
}: Pick<HivemqSpec['extensions'][number], 'id' | 'content' | 'enabled'>) {
  return !enabled && content === undefined && Object.hasOwn(bundledExtensions, id);
}

/**
 * Everything that one node has under its home, for a cluster of these members.
 * @param members names of hosts; whether the node's own is among them makes no difference.
 * @throws HivekeeperError UnknownNode for a name that the spec does not have.
 */
export function renderManifest(spec: HivemqSpec, members: readonly string[], name: string): NodeManifest {
  const discovery = discoveryManifest(spec);
  const stores = storeManifest(spec);
  const users = usersManifest(spec);
  return {
    files: [...filesOf(spec, members, name), ...discovery.files, ...users.files],
    secretFiles: [...discovery.secretFiles, ...users.secretFiles],
    variables: [...variablesOf(spec), ...discovery.variables, ...stores.variables],
    contents: [...contentsOf(spec), ...stores.contents, ...users.contents],
    stores: stores.stores,
    extensions: extensionsOf(spec).map(({ id, content, enabled, supportsHotReload, ifThere }) => ({
      ...{ id, enabled, content: content ?? null },
      ...((ifThere || isAsGoodAsGone({ id, content, enabled })) && { ifThere: true }),
      ...(id === fileRbacExtension && users.files.length > 0 && { readAtStart: users.files.map(({ path }) => path) }),
      effect: supportsHotReload ? 'hot' : 'restart',
    })),
    links: users.links,
  };
}
