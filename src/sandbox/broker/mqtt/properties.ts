import type { IPublishPacket } from 'mqtt-packet';
import { flag, list, maybe, oneOf, parseAs, record, table, text } from '../../wire/guards.js';

/** The MQTT 5 properties that travel with a message from publisher to subscriber (MQTT 5, section 3.3.2.3). */
const isCarried = record({
  payloadFormatIndicator: maybe(flag),
  contentType: maybe(text),
  responseTopic: maybe(text),
  correlationData: maybe(text),
  userProperties: maybe(table(oneOf(text, list(text)))),
});

type Properties = NonNullable<IPublishPacket['properties']>;

/** As text, for a message's record; undefined when there is nothing to carry. */
export function encodeProperties(properties: Properties | undefined): string | undefined {
  if (!properties) return undefined;
  const { payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties } = properties;
  const carried = {
    payloadFormatIndicator,
    contentType,
    responseTopic,
    correlationData: correlationData?.toString('base64'),
    userProperties: userProperties && { ...userProperties },
  };
  const encoded = JSON.stringify(carried);
  return encoded === '{}' ? undefined : encoded;
}

export function decodeProperties(encoded: string | undefined): Properties {
  const carried = encoded === undefined ? undefined : parseAs(isCarried, encoded);
  if (!carried) return {};
  const properties: Properties = {};
  if (carried.payloadFormatIndicator !== undefined) properties.payloadFormatIndicator = carried.payloadFormatIndicator;
  if (carried.contentType !== undefined) properties.contentType = carried.contentType;
  if (carried.responseTopic !== undefined) properties.responseTopic = carried.responseTopic;
  if (carried.correlationData !== undefined)
    properties.correlationData = Buffer.from(carried.correlationData, 'base64');
  if (carried.userProperties !== undefined) properties.userProperties = carried.userProperties;
  return properties;
}
