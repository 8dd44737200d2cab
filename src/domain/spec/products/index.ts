import type { z } from 'zod';
import { hivemqSpecSchema, hivemqWarnings } from '../../products/hivemq/spec/index.js';
import type { ClusterSpec } from '../common.js';
import type { SpecWarning } from '../issue.js';

/** A product's whole spec: what it reads is a ClusterSpec with more keys. */
export type SpecSchema = z.ZodType<ClusterSpec>;

/** The one place that lists products on the level of the spec: `broker.product` -> schema. */
export const productSpecs: Readonly<Record<string, SpecSchema>> = {
  hivemq: hivemqSpecSchema,
};

/** `broker.product` -> what is allowed and probably not wanted. */
export const productWarnings: Readonly<Record<string, (spec: ClusterSpec) => SpecWarning[]>> = {
  hivemq: hivemqWarnings,
};

/** Products that the design names and that are not built yet. */
export const laterProducts: readonly string[] = ['mosquitto'];
