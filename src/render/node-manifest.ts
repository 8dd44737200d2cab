import type { Content, Secret } from '../domain/spec/index.js';
import type { RenderedFile } from './rendered-file.js';

/**
 * What a changed item asks of a running node: a restart, or nothing because the broker takes it up by itself. `members`
 * marks what differs with the list of members alone, which is read again without a restart.
 */
export type Effect = 'restart' | 'hot';

/** Where the value of a variable comes from; it is resolved by an activity and stands in one file of mode 0600. */
export type SecretValue =
  | { readonly from: 'secret'; readonly secret: Secret }
  /** The vendor's form of a log-in: a hash over name and password. */
  | { readonly from: 'control-center-password'; readonly user: string; readonly secret: Secret }
  /** The password that Hivekeeper made for a store of key material, by the path of that store. */
  | { readonly from: 'generated'; readonly store: string };

/** A variable of the broker's environment whose value is secret, e.g. `HIVEKEEPER_KEYSTORE_1`. */
export interface SecretVariable {
  readonly name: string;
  readonly value: SecretValue;
}

/** A secret within a text, in the form in which the text has it. */
export type SecretText =
  | Secret
  /** An element of XML: the hash that the File RBAC extension compares, or the password itself with its markup escaped. */
  | {
      readonly from: 'file-rbac-password';
      readonly form: 'hashed' | 'plain';
      readonly user: string;
      readonly secret: Secret;
    };

/** A text with secrets in it, where no variable can stand for them: `@{NAME}` is replaced as it is written, mode 0600. */
export interface SecretFile {
  /** Relative to the home of the broker, or to the home folder of the broker's account. */
  readonly path: string;
  readonly under: 'home' | 'user-home';
  readonly template: string;
  readonly values: Readonly<Record<string, SecretText>>;
  readonly effect: Effect;
}

/** Content that is laid at a path as it is. */
export interface PlacedContent {
  /** Relative to the home of the broker. */
  readonly path: string;
  readonly mode: number;
  readonly content: Content;
  readonly effect: Effect;
}

/** A keystore or truststore (PKCS#12) that Hivekeeper makes. */
export interface MadeStore {
  /** Relative to the home of the broker; mode 0600. */
  readonly path: string;
  readonly source:
    | {
        readonly from: 'pem-key';
        readonly certificate: Content;
        readonly privateKey: Content;
        readonly passphrase?: Secret;
      }
    | { readonly from: 'pem-certificates'; readonly certificates: Content }
    /** The node's own key and certificate, from the issuer of the spec. */
    | { readonly from: 'issued-key' }
    /** The certificates of that issuer. */
    | { readonly from: 'issued-certificates' };
  readonly effect: Effect;
}

/** An extension in its folder. */
export interface InstalledExtension {
  readonly id: string;
  /** Zip of the folder; null when it comes with the package. */
  readonly content: Content | null;
  readonly enabled: boolean;
  /** One that is not on the host is passed over, since what is wanted of it is that it does not run. */
  readonly ifThere?: boolean;
  /** Texts of the manifest that it reads once, as it starts: it is stopped before one of them changes, and started again. */
  readonly readAtStart?: readonly string[];
  /** `restart` for one that the broker cannot start, stop or replace while it runs. */
  readonly effect: Effect;
}

/** A symbolic link, for what shall outlive the folder in which a program looks for it. */
export interface PlacedLink {
  /** Relative to the home of the broker. */
  readonly path: string;
  /** Relative to the home of the broker too. */
  readonly target: string;
  readonly effect: Effect;
}

/** Everything that one node has of the cluster's spec, as plain data; an activity brings it about. */
export interface NodeManifest {
  /** Texts without secrets. */
  readonly files: readonly (RenderedFile & { readonly effect: Effect })[];
  readonly secretFiles: readonly SecretFile[];
  readonly variables: readonly SecretVariable[];
  readonly contents: readonly PlacedContent[];
  readonly stores: readonly MadeStore[];
  /** Extensions, each placed before the `contents` and files inside its folder. */
  readonly extensions: readonly InstalledExtension[];
  /** Links, each made after everything else of its effect, so that none leads nowhere. */
  readonly links: readonly PlacedLink[];
}

/** The file of `NodeManifest.variables`, relative to home. */
export const secretsPath = 'conf/hivekeeper-secrets.env';
