/** The presence of one person with a cursor, as editors show it. */
export const cursorOf = (index: number) => ({
  clientId: 1_000_000 + index,
  stateAt: (moves: number) => ({
    user: { name: `Person ${index}`, color: '#2f6feb' },
    cursor: { anchor: moves, head: moves },
  }),
})
