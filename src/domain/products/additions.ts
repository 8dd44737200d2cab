import type { ClusterSpec, Content } from '../spec/index.js';

/** A license as somebody gives it to a running cluster. */
export interface GivenLicense {
  /** File name of it on the nodes. */
  readonly name: string;
  readonly content: Content;
}

/** An extension as somebody gives it to a running cluster; what is left out stays as it is, for a new one the spec's default. */
export interface GivenExtension {
  readonly id: string;
  /** Its archive. */
  readonly content: Content;
  readonly enabled?: boolean | undefined;
  /** Whether the broker may start, stop and replace it while it runs. */
  readonly supportsHotReload?: boolean | undefined;
}

/** A file inside the folder of an extension. */
export interface GivenExtensionFile {
  readonly id: string;
  /** Relative to that folder. */
  readonly path: string;
  readonly content: Content;
}

/** An extension as a spec has it. */
export interface KnownExtension {
  readonly id: string;
  /** Whether it comes with the broker's package, so that there is nothing to remove. */
  readonly bundled: boolean;
}

/**
 * What somebody adds to a running cluster and takes away again. Each change gives the whole spec, read again by its schema,
 * so that no rule of it is passed over; what is there already is replaced, and what is gone already stays away, so that an
 * operation that was cut off can be run again.
 */
export interface ProductAdditions {
  /** Names of the spec's licenses. */
  licenses(spec: ClusterSpec): string[];
  /** The broker's own licenses of which the spec says how many nodes they cover. */
  coverage(spec: ClusterSpec): { readonly name: string; readonly nodes: number }[];
  extensions(spec: ClusterSpec): KnownExtension[];
  /** Whether the key of an item of a node belongs to the license of this name. */
  isLicenseItem(name: string): (key: string) => boolean;
  /** Whether the key of an item of a node is the extension of this id, or a file of it. */
  isExtensionItem(id: string): (key: string) => boolean;
  /** @throws HivekeeperError InvalidInput */
  withLicense(spec: ClusterSpec, given: GivenLicense): ClusterSpec;
  /** @throws HivekeeperError InvalidInput */
  withoutLicense(spec: ClusterSpec, name: string): ClusterSpec;
  /** An extension of the same id gets the new archive and keeps its files. @throws HivekeeperError InvalidInput */
  withExtension(spec: ClusterSpec, given: GivenExtension): ClusterSpec;
  /** @throws HivekeeperError InvalidInput, PlanRefused for an extension that the spec does not have */
  withExtensionFile(spec: ClusterSpec, given: GivenExtensionFile): ClusterSpec;
  /** One that the spec does not have is taken for one of the package. @throws HivekeeperError InvalidInput */
  withExtensionEnabled(spec: ClusterSpec, id: string, enabled: boolean): ClusterSpec;
  /** @throws HivekeeperError InvalidInput, PlanRefused for one that comes with the package */
  withoutExtension(spec: ClusterSpec, id: string): ClusterSpec;
}
