/** MQTT clients that keep books about what the cluster does to them. */
export { type BrokerView, createBrokerView, type ViewedNode } from './broker-view.js';
export type { Acknowledged, Connected, Delivered, Disconnected, FleetEvent, Placed } from './events.js';
export { type Fleet, type FleetOptions, startFleet } from './fleet.js';
export type { Endpoint } from './mqtt-client.js';
export {
  type OfflineSession,
  queueForOfflineClients,
  type ResumedSession,
  resumeOfflineClients,
} from './offline-sessions.js';
export { publishRetained, readRetained } from './retained.js';
