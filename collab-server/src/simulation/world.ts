import type { DocumentName } from '@nexus/core'
import { createRandom, type Random, someDocument } from '@nexus/core/testkit'
import { Editor } from './editor.ts'
import { Life } from './life.ts'
import { LogReplay } from './log-replay.ts'
import { type Deed, type EditorDeed, NODE_COUNT, type NodeDeed, type Plan } from './plan.ts'
import { SimulatedFanout } from './simulated-fanout.ts'
import { SimulatedNode } from './simulated-node.ts'
import type { ClientListener, SimulatedSocket } from './simulated-socket.ts'
import { type Commit, SimulatedStore, type StoreFlaws } from './simulated-store.ts'
import { Trace } from './trace.ts'

/** Everything there is in a run: the nodes, what is between them, the people, and a record of what they were told. */
export class World {
  readonly trace = new Trace()
  readonly problems: string[] = []
  readonly replays = new Map<DocumentName, LogReplay>()
  readonly commits: Commit[] = []
  /** Keys that somebody was told are saved. */
  readonly saved = new Map<DocumentName, Set<string>>()
  readonly nodes: SimulatedNode[] = []
  readonly editors: readonly Editor[]
  readonly store: SimulatedStore
  readonly #random: Random
  readonly #fanout: SimulatedFanout
  #nodeCount = 0

  constructor(plan: Plan, flaws: StoreFlaws) {
    const random = createRandom(plan.seed)
    const { trace } = this
    this.#random = random
    this.store = new SimulatedStore({
      random,
      trace,
      flaws,
      onAppend: () => this.#lookAtNodes(),
      onCommit: (commit) => this.#committed(commit),
    })
    this.#fanout = new SimulatedFanout({
      random,
      trace,
      onListenerError: (error) => this.problems.push(`a listener threw ${error}`),
    })
    for (let place = 0; place < NODE_COUNT; place += 1) this.#startNode(place)
    const documents = Array.from({ length: plan.documentCount }, () => this.#createDocument())
    this.editors = Array.from({ length: plan.editorCount }, (_, at) => this.#createEditor(at, documents))
  }

  do(deed: Deed): void {
    this.trace.add(JSON.stringify(deed))
    if ('editor' in deed) this.#doAsEditor(deed)
    else if (deed.do === 'store') this.store.state = deed.state
    else if (deed.do === 'fanout') this.#fanout.weather = deed.weather
    else this.#doToNode(deed)
  }

  /** From now on nothing goes wrong any more, and everybody is there. */
  calm(): void {
    this.trace.add('quiet')
    this.store.state = 'up'
    this.#fanout.weather = 'calm'
    for (const { life } of this.nodes) {
      life.goOn()
      this.#fanout.reconnect(life)
    }
    for (const editor of this.editors) editor.goOnline()
  }

  #doAsEditor(deed: EditorDeed): void {
    const editor = this.editors[deed.editor % this.editors.length]
    if (editor === undefined) return
    if (deed.do === 'edit') editor.edit(deed.count)
    else if (deed.do === 'move') editor.moveTo(deed.node)
    else if (deed.do === 'cut') editor.cut(deed)
    else editor[deed.do]()
  }

  #doToNode(deed: NodeDeed): void {
    const node = this.nodes[deed.node]
    if (node === undefined) return
    if (deed.do === 'drain') node.drain()
    else if (deed.do === 'kill') node.life.endAfter(deed.acts)
    else this.#fanout[deed.do](node.life)
  }

  #startNode(place: number): void {
    this.#nodeCount += 1
    const life = new Life(`node ${place}.${this.#nodeCount}`)
    const { store } = this
    this.nodes[place] = new SimulatedNode({
      life,
      log: store.portOf(life),
      access: store.accessOf(life),
      fanout: this.#fanout.portOf(life),
      random: this.#random,
    })
    life.onEnd(() => {
      this.trace.add(`${life.name} is dead`)
      setTimeout(() => this.#startNode(place), this.#random.below(2_000))
    })
  }

  #createDocument(): DocumentName {
    const created = someDocument()
    const { document, first } = created
    const replay = new LogReplay(first.update)
    this.replays.set(document, replay)
    this.saved.set(document, new Set())
    void this.store.log.create([created])
    return document
  }

  #createEditor(at: number, documents: readonly DocumentName[]): Editor {
    const document = this.#random.pick(documents)
    const parts = {
      name: `editor${at}`,
      document,
      random: this.#random,
      trace: this.trace,
      reach: (place: number, client: ClientListener) => this.#reach(place, client),
      onSaved: (editor: Editor, keys: readonly string[]) => this.#told(editor, keys),
      onProblem: (problem: string) => void this.problems.push(problem),
    }
    return new Editor(parts, at % NODE_COUNT)
  }

  /** As a load balancer does that knows which nodes answer. */
  #reach(place: number, client: ClientListener): SimulatedSocket | null {
    for (let offset = 0; offset < NODE_COUNT; offset += 1) {
      const socket = this.nodes[(place + offset) % NODE_COUNT]?.open(client)
      if (socket) return socket
    }
    return null
  }

  #lookAtNodes(): void {
    for (const node of this.nodes) {
      if (node.unloadsTooEarly() > 0)
        this.problems.push(`${node.life.name} gave up a document with unsaved edits`)
    }
  }

  #committed(commit: Commit): void {
    this.#lookAtNodes()
    this.commits.push(commit)
    this.replays.get(commit.entry.document)?.add(commit)
  }

  /** What was said must be true at the moment it is heard. */
  #told({ name, document }: Editor, keys: readonly string[]): void {
    const replay = this.replays.get(document)
    const missing = keys.filter((key) => !replay?.has(key))
    if (missing.length > 0) this.problems.push(`${name} was told "saved" of ${missing}, not in the log`)
    for (const key of keys) this.saved.get(document)?.add(key)
  }
}
