import { z } from 'zod';

export const storedItemSchema = z.object({ sha256: z.string(), bytes: z.number().int() });

/** What was brought to the cluster, by hash, so that a node made later gets exactly the same. */
export const inventorySchema = z.object({ packages: z.record(z.string(), storedItemSchema) });
export type Inventory = z.infer<typeof inventorySchema>;

export const emptyInventory: Inventory = { packages: {} };

export const inventoryEventSchema = z.object({
  type: z.literal('packageStored'),
  version: z.string(),
  item: storedItemSchema,
});
export type InventoryEvent = z.infer<typeof inventoryEventSchema>;

export function inventoryReducer(inventory: Inventory, event: InventoryEvent): Inventory {
  return { packages: { ...inventory.packages, [event.version]: event.item } };
}
