/** What tabs of one browser tell each other about the account they share. */
type AccountNews = { readonly type: 'signed-in'; readonly userId: string } | { readonly type: 'signed-out' }

const isNews = (value: unknown): value is AccountNews =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  (value.type === 'signed-out' || (value.type === 'signed-in' && 'userId' in value))

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('nexus:account')

export const tellOtherTabs = (news: AccountNews): void => channel?.postMessage(news)

export function hearOtherTabs(listener: (news: AccountNews) => void): () => void {
  const onMessage = (event: MessageEvent<unknown>) => {
    if (isNews(event.data)) listener(event.data)
  }
  channel?.addEventListener('message', onMessage)
  return () => channel?.removeEventListener('message', onMessage)
}
