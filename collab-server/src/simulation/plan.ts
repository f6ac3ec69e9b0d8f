import { z } from 'zod'

export const NODE_COUNT = 3
export const MOST_EDITORS = 6

const editor = z.int().min(0)
const node = z
  .int()
  .min(0)
  .max(NODE_COUNT - 1)

/** What somebody does, or what befalls them; editors are counted around. */
const editorDeed = z.discriminatedUnion('do', [
  z.object({ do: z.literal('edit'), editor, count: z.int().min(1) }),
  z.object({ do: z.literal('move'), editor, node }),
  z.object({ do: z.literal('cut'), editor, serverNotices: z.boolean(), keepsSent: z.boolean() }),
  z.object({ do: z.enum(['goOffline', 'goOnline', 'reload']), editor }),
])

/** What befalls a node. */
const nodeDeed = z.discriminatedUnion('do', [
  /** It dies in the attempt to do one thing more than `acts` in the world outside. */
  z.object({ do: z.literal('kill'), node, acts: z.int().min(0) }),
  /** It ends as on SIGTERM. */
  z.object({ do: z.literal('drain'), node }),
  z.object({ do: z.enum(['cutOff', 'reconnect']), node }),
])

const weather = z.discriminatedUnion('do', [
  z.object({ do: z.literal('store'), state: z.enum(['up', 'slow', 'flaky', 'away']) }),
  z.object({ do: z.literal('fanout'), weather: z.enum(['calm', 'rough']) }),
])

const step = z.intersection(z.union([editorDeed, nodeDeed, weather]), z.object({ afterMs: z.int().min(0) }))

/** Everything that a run depends on. */
export const planSchema = z.object({
  /** For everything that the steps do not say: delays, losses, which letter is typed where. */
  seed: z.int(),
  editorCount: z.int().min(1).max(MOST_EDITORS),
  documentCount: z.int().min(1),
  steps: z.array(step),
})

export type EditorDeed = z.infer<typeof editorDeed>
export type NodeDeed = z.infer<typeof nodeDeed>
export type Deed = EditorDeed | NodeDeed | z.infer<typeof weather>
/** `flaky`: some calls fail before or after they have been carried out, some hang for seconds. */
export type StoreState = Extract<Deed, { do: 'store' }>['state']
/** `calm` delays a little, `rough` also loses, doubles and reorders. */
export type FanoutWeather = Extract<Deed, { do: 'fanout' }>['weather']
export type Step = z.infer<typeof step>
export type Plan = z.infer<typeof planSchema>
