import { describe, expect, it } from 'vitest';
import { discoveryNeeds } from '../../../../src/domain/products/hivemq/discovery.js';
import { discoveryExtensions } from '../../../../src/domain/products/hivemq/spec/index.js';
import { parsedSpec } from '../../../render/parsed-spec.js';

const { id } = discoveryExtensions.s3;
const [keyId, key, token] = [{ env: 'KEY_ID' }, { env: 'KEY' }, { env: 'TOKEN' }];

/** Who has the keys of a bucket, with these credentials and these variables of the broker. */
function keysOf(credentials: object, env: object = {}) {
  const discovery = { type: 's3', bucketRegion: 'eu-central-1', bucketName: 'nodes', credentials };
  const extensions = [{ id, content: { file: './s3.zip' } }];
  const { bucket } = discoveryNeeds(parsedSpec({ cluster: { discovery }, env, extensions }));
  return { keys: bucket?.keys, nodeKeys: bucket?.nodeKeys };
}

describe('the keys that S3 discovery is tried with', () => {
  const variables = { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: key };
  const known = { accessKeyId: keyId, secretAccessKey: key, sessionToken: undefined };

  it('are those of the credentials', () => {
    expect(keysOf({ type: 'access_key', accessKeyId: keyId, secretAccessKey: key }).keys).toEqual(known);
  });

  it.each(['default', 'environment_variables'])('are those of the variables for type %s', (type) => {
    expect(keysOf({ type }, variables).keys).toEqual(known);
    const session = { ...variables, AWS_SESSION_TOKEN: token };
    expect(keysOf({ type }, session).keys).toEqual({ ...known, sessionToken: token });
  });

  it.each(['user_credentials_file', 'instance_profile_credentials'])('are on the node for type %s', (type) => {
    expect(keysOf({ type }, variables)).toEqual({ keys: null, nodeKeys: type });
  });

  it('are on the node for type default, unless its variables come from elsewhere', () => {
    expect(keysOf({ type: 'default' })).toEqual({ keys: null, nodeKeys: 'default' });
    expect(keysOf({ type: 'default' }, { AWS_ACCESS_KEY_ID: 'AKIA' })).toEqual({ keys: null, nodeKeys: 'hidden' });
  });
});
