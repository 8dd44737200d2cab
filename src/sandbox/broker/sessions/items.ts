import { importUnit } from '../../wire/merge.js';
import { done, type Handlers } from '../cluster/channel.js';
import { retainedKey, sessionKey } from '../cluster/placement.js';
import { deliver, exportItems, importItems } from './calls.js';
import type { Change, DataPlane } from './plane.js';

/** Export and import of the items that this node is responsible for. */
export function serveItems(handlers: Handlers, plane: DataPlane): void {
  handlers.on(exportItems, ({ viewId }) =>
    plane.during(viewId, (placement) => {
      const units = [...plane.store.sessions.values()]
        .filter(({ session }) => !session.deleted && plane.isPrimary(placement, sessionKey(session.clientId)))
        .map((entry) => entry.toUnit());
      const retained = [...plane.store.retained.values()].filter(
        (item) => !item.deleted && plane.isPrimary(placement, retainedKey(item.topic)),
      );
      return Promise.resolve({ units, retained });
    }),
  );
  handlers.on(importItems, ({ viewId, units, retained }) =>
    plane.during(viewId, async (placement) => {
      const mine = units.filter((unit) => plane.isPrimary(placement, sessionKey(unit.session.clientId)));
      const changes: Change[] = mine.map((unit) => {
        const live = plane.store.sessions.get(unit.session.clientId)?.toUnit();
        const key = sessionKey(unit.session.clientId);
        return { key, mutation: { kind: 'unit', unit: importUnit(live, unit, Date.now()) } };
      });
      for (const item of retained) {
        const key = retainedKey(item.topic);
        if (!plane.isPrimary(placement, key)) continue;
        const live = plane.store.retained.get(item.topic);
        // What was cleared since the backup comes back with it; what is newer stays.
        const version = live?.deleted ? Math.max(Date.now(), live.version + 1) : item.version;
        changes.push({ key, mutation: { kind: 'retained', retained: { ...item, version } } });
      }
      await plane.change(placement, changes);
      for (const { session } of mine) {
        const entry = plane.store.sessions.get(session.clientId);
        if (entry?.session.connectedTo === undefined || entry.session.connection === undefined) continue;
        const { clientId, connection, connectedTo } = entry.session;
        plane.tell(connectedTo, deliver, { clientId, connection, messages: entry.ordered() });
      }
      return done;
    }),
  );
}
