import type { Address } from '../../config/address.js';
import type { DiscoveryAnswer, DiscoveryCallback, DiscoveryInput, ExtensionHost } from '../contract.js';
import { ConfigLocation } from '../properties-file.js';
import { Bucket, type BucketState } from './bucket.js';
import { problemOf, readS3Config } from './config.js';
import { isExpired, type NodeFile, readNodeFile, writeNodeFile } from './node-file.js';

const name = 'HiveMQ S3 Cluster Discovery Extension';

/** The end of the extension's lines, by occasion. */
const occasions = {
  init: {
    config: "Configuration couldn't be loaded. Skipping initial discovery.",
    skip: 'Skipping initial discovery.',
    failed: 'Initialization of the S3 discovery callback failed.',
  },
  reload: {
    config: "Configuration couldn't be reloaded. Skipping reload callback.",
    skip: 'Skipping discovery reload callback.',
    failed: 'Reload of the S3 discovery callback failed.',
  },
} as const;

const nothing: DiscoveryAnswer = { nodes: undefined, reloadInterval: undefined };

/**
 * The S3 cluster discovery extension (4.3.13): each node keeps an object in a bucket, and reads those of the others.
 * Lines and order are those of its S3DiscoveryCallback.
 */
class S3Discovery implements DiscoveryCallback {
  private readonly location: ConfigLocation;
  private bucket: Bucket | undefined;
  private own: NodeFile | undefined;

  constructor(private readonly host: ExtensionHost) {
    this.location = new ConfigLocation(host, name, 's3discovery.properties');
  }

  init(input: DiscoveryInput): Promise<DiscoveryAnswer> {
    return this.find(input, 'init');
  }

  reload(input: DiscoveryInput): Promise<DiscoveryAnswer> {
    return this.find(input, 'reload');
  }

  async destroy({ ownClusterId }: DiscoveryInput): Promise<void> {
    try {
      if (this.own && this.bucket) await this.bucket.remove(`${this.bucket.config.prefix}${ownClusterId}`);
      this.own = undefined;
    } catch (error) {
      this.error(`Destroy of the S3 discovery callback failed. ${String(error)}`);
    }
    this.bucket?.close();
  }

  private error(message: string): void {
    this.host.log.error(`${name}: ${message}`);
  }

  private debug(message: string): void {
    this.host.log.debug(`${name}: ${message}`);
  }

  /** The bucket of the configuration as it is now; undefined when that is not usable. */
  private open(): Bucket | undefined {
    const properties = this.location.read();
    if (!properties) {
      this.error(
        `Could not find '${this.location.file}'. Please verify that the properties file is located correctly.`,
      );
      return undefined;
    }
    const problem = problemOf(properties);
    if (problem !== undefined) {
      this.error(problem);
      this.error('Configuration is not valid!');
      return undefined;
    }
    try {
      const bucket = new Bucket(readS3Config(properties), this.host);
      this.bucket?.close();
      this.bucket = bucket;
      return bucket;
    } catch (error) {
      this.debug(`Original Exception: ${String(error)}`);
      return undefined;
    }
  }

  private async find(input: DiscoveryInput, occasion: keyof typeof occasions): Promise<DiscoveryAnswer> {
    const words = occasions[occasion];
    const bucket = this.open();
    if (!bucket) {
      this.error(words.config);
      return nothing;
    }
    try {
      const state = await bucket.look();
      if (state !== 'there') {
        this.error(`${this.reason(state, bucket.config.bucket)} ${words.skip}`);
        return nothing;
      }
      const { updateInterval } = bucket.config;
      if (occasion === 'init' || !this.own || isExpired(this.own, updateInterval, Date.now())) {
        await this.announce(bucket, input);
      }
      return { nodes: await this.nodes(bucket), reloadInterval: undefined };
    } catch (error) {
      this.error(`${words.failed} ${String(error)}`);
      return nothing;
    }
  }

  private reason(state: Exclude<BucketState, 'there'>, bucket: string): string {
    if (state === 'missing') return `Configured bucket '${bucket}' doesn't exist.`;
    if (state === 'forbidden')
      return `No permission for configured bucket '${bucket}'. Please check your credentials and AWS security settings.`;
    return `Unknown error occurred when checking configured bucket '${bucket}'. Please check your s3-bucket-region setting.`;
  }

  private async announce(bucket: Bucket, { ownClusterId, ownAddress }: DiscoveryInput): Promise<void> {
    const own = { createdAt: Date.now(), clusterId: ownClusterId, address: ownAddress };
    const key = `${bucket.config.prefix}${ownClusterId}`;
    await bucket.put(key, writeNodeFile(own));
    this.own = own;
    this.debug(`Updated own S3 file '${key}'.`);
  }

  private async read(bucket: Bucket, key: string): Promise<NodeFile | undefined> {
    try {
      const file = readNodeFile(await bucket.get(key));
      if (!file) this.debug(`Content of the S3 object '${key}' could not parsed. Skipping file.`);
      return file;
    } catch (error) {
      this.error(`Not able to read file ${key} from bucket ${bucket.config.bucket}. Skipping file. ${String(error)}`);
      return undefined;
    }
  }

  /** Who is announced; what is expired is removed, whoever wrote it. */
  private async nodes(bucket: Bucket): Promise<Address[]> {
    const { prefix, expiration } = bucket.config;
    const found: Address[] = [];
    for (const key of await bucket.keys()) {
      const file = await this.read(bucket, key);
      if (!file) continue;
      if (isExpired(file, expiration, Date.now())) {
        this.debug(`S3 file of node with clusterId ${file.clusterId} is expired. File will be deleted.`);
        await bucket.remove(`${prefix}${file.clusterId}`);
      } else {
        found.push(file.address);
      }
    }
    this.debug(`Found following node addresses: ${found.map(({ host, port }) => `${host}:${port}`).join(', ')}`);
    return found;
  }
}

/** The entry of the extension's jar. */
export function createDiscovery(host: ExtensionHost): DiscoveryCallback {
  return new S3Discovery(host);
}
