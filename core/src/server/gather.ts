interface Waiting<Question, Answer> {
  readonly question: Question
  readonly answered: PromiseWithResolvers<Answer>
}

/**
 * Answers questions that are asked in the same turn together.
 *
 * @param answerAll - Answers in the order of the questions, at most `limit` of them. What it throws, all of them get.
 */
export function gather<Question, Answer>(
  limit: number,
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = []

  async function answer(some: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await answerAll(some.map(({ question }) => question))
      for (const [at, { answered }] of some.entries()) answered.resolve(answers[at] as Answer)
    } catch (error) {
      for (const { answered } of some) answered.reject(error)
    }
  }

  function answerWaiting(): void {
    const all = waiting
    waiting = []
    for (let start = 0; start < all.length; start += limit) void answer(all.slice(start, start + limit))
  }

  return (question) => {
    const answered = Promise.withResolvers<Answer>()
    if (waiting.length === 0) queueMicrotask(answerWaiting)
    waiting.push({ question, answered })
    return answered.promise
  }
}
