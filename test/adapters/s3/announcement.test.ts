import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnnouncement } from '../../../src/adapters/s3/announcement.js';
import { isExpired } from '../../../src/adapters/s3/index.js';
import { announcementText } from './support/s3-fixture.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('an announcement in the bucket', () => {
  it('is read back as it was written', () => {
    const part = fc.string({ minLength: 1, unit: 'grapheme-ascii' }).filter((text) => !text.includes('|'));
    fc.assert(
      fc.property(part, part, fc.integer({ min: 1, max: 65535 }), fc.nat(), (clusterId, host, port, createdAt) => {
        const key = `p/${clusterId}`;
        const text = announcementText(clusterId, host, port, createdAt);
        expect(readAnnouncement(key, text)).toEqual({ key, clusterId, host, port, createdAt });
      }),
    );
  });

  it.each([
    ['', 'it is empty'],
    ['<xml/>', 'it is no Base64 text'],
    [base64('hello'), 'it has 1 parts, where an announcement has 5'],
    [base64('4||||1||||a||||h||||1||||x'), 'it has 6 parts, where an announcement has 5'],
    [base64('3||||1||||a||||h||||1'), 'it has another format version than 4'],
    [base64('4||||soon||||a||||h||||1'), 'its creation time is no number'],
    [base64('4||||1||||a||||h||||70000'), 'its port is none'],
    [base64('4||||1||||a||||h||||0'), 'its port is none'],
    [base64('4||||1||||||||h||||1'), 'it names no node or no address'],
  ])('is foreign otherwise: %s', (text, reason) => {
    expect(readAnnouncement('p/a', text)).toEqual({ key: 'p/a', reason });
  });

  it('never fails, whatever the object holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readAnnouncement('k', text).key).toBe('k');
        expect(readAnnouncement('k', base64(text)).key).toBe('k');
      }),
    );
  });

  it('expires after the time, counted in seconds, and never when that is 0', () => {
    expect(isExpired({ createdAt: 1_000_000 }, 360, 1_360_000)).toBe(false);
    expect(isExpired({ createdAt: 1_000_000 }, 360, 1_360_001)).toBe(true);
    expect(isExpired({ createdAt: 0 }, 0, Date.now())).toBe(false);
  });
});
