import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { searchAttributeNames } from '../domain/operations/search-attributes.js';

/** Typed keys of the attributes by which operations are found. */
export const searchAttributes = {
  cluster: defineSearchAttributeKey(searchAttributeNames.cluster, SearchAttributeType.KEYWORD),
  operation: defineSearchAttributeKey(searchAttributeNames.operation, SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey(searchAttributeNames.phase, SearchAttributeType.KEYWORD),
};
