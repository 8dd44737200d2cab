/** MQTT clients that keep books about what the cluster does to them. */
export { type BrokerView, createBrokerView } from './broker-view.js';
export type { Acknowledged, Delivered, FleetEvent } from './events.js';
export { type Fleet, startFleet } from './fleet.js';
export type { Endpoint } from './mqtt-client.js';
export {
  type OfflineSession,
  queueForOfflineClients,
  type ResumedSession,
  resumeOfflineClients,
} from './offline-sessions.js';
export { publishRetained, readRetained } from './retained.js';
