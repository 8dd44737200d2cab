import { describe, expect, it } from 'vitest';
import { keysOfCredentialsFile } from '../../../src/adapters/s3/credentials-file.js';

const file = `
# written by aws configure
[default]
aws_access_key_id = ID1
aws_secret_access_key=a+b/c==
[other]
aws_secret_access_key = S2
AWS_ACCESS_KEY_ID = ID2
aws_session_token =  T2
region = eu-central-1
[half]
aws_access_key_id = ID3
`;

describe("the keys in a user's credentials file", () => {
  it('are those of one section', () => {
    expect(keysOfCredentialsFile(file, 'default')).toEqual({ accessKeyId: 'ID1', secretAccessKey: 'a+b/c==' });
    expect(keysOfCredentialsFile(file.replaceAll('\n', '\r\n'), 'other')).toEqual({
      ...{ accessKeyId: 'ID2', secretAccessKey: 'S2', sessionToken: 'T2' },
    });
  });

  it('are none when the section or half of it is missing', () => {
    for (const profile of ['half', 'nobody']) expect(keysOfCredentialsFile(file, profile)).toBeUndefined();
    expect(keysOfCredentialsFile('', 'default')).toBeUndefined();
    expect(
      keysOfCredentialsFile('[default]\naws_access_key_id =\naws_secret_access_key =\n', 'default'),
    ).toBeUndefined();
  });
});
