import { createPanelId, createWorkspaceId, panelDocumentName } from '@nexus/core'
import { expect, test } from 'vitest'
import { hasFaults, Ledger } from './ledger.ts'

/** `kept` was acknowledged, `tried` was not. */
function someLedger() {
  const document = panelDocumentName(createWorkspaceId(), createPanelId())
  const ledger = new Ledger()
  for (const key of ['kept', 'tried']) ledger.wrote(document, key)
  ledger.acknowledged(document, 'kept')
  return { faultsIn: (...found: string[]) => ledger.faultsOf(document, found) }
}

test('[FLT2] an acknowledged key that is not there is lost', () => {
  expect(someLedger().faultsIn('tried')).toEqual({ lost: ['kept'], doubled: [], unknown: [] })
})

test('[FLT2] a key that is there twice is doubled, acknowledged or not', () => {
  const { doubled } = someLedger().faultsIn('kept', 'tried', 'kept', 'tried')
  expect(doubled).toEqual(['kept', 'tried'])
})

test('[FLT2] a key that nobody wrote is unknown', () => {
  expect(someLedger().faultsIn('kept', 'other').unknown).toEqual(['other'])
})

test('[FLT2] a key that was not acknowledged may be there or not', () => {
  const { faultsIn } = someLedger()
  expect([faultsIn('kept'), faultsIn('kept', 'tried')].map(hasFaults)).toEqual([false, false])
})
