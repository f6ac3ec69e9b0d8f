import type { PanelModel } from '@nexus/core/document'
import { validModel } from './panel-models.ts'

/** More unread sources than this are looked at early, so that they do not pile up. */
const MAX_UNREAD = 50

/** Knows the model of the newest valid source among those it was shown. */
export interface SourceModels {
  /** To be called with every source the document has, in order. Cheap: compiling waits until somebody asks. */
  show(source: string | null): void
  current(): PanelModel
}

/** @param last - The model to use until a valid source is shown. */
export function createSourceModels(last: PanelModel): SourceModels {
  let model = last
  let unread: (string | null)[] = []
  const current = (): PanelModel => {
    for (const source of unread.reverse()) {
      const valid = validModel(source)
      if (valid === null) continue
      model = valid
      break
    }
    unread = []
    return model
  }
  return {
    show: (source) => {
      unread.push(source)
      if (unread.length > MAX_UNREAD) current()
    },
    current,
  }
}
