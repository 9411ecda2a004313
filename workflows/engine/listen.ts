import {
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
} from '@temporalio/workflow'
import { failure } from '../failures.js'
import { bodyOf } from '../message-body.js'
import { OPEN_UPDATE, RECEIPT_QUERY, VIEW_QUERY } from '../shared-messages.js'
import type { Core, MessageOf, NameOf } from './core.js'
import { refusal } from './refusal.js'
import type { JourneyRunner, OpenRequest } from './runner.js'

/** Registers everything before the first await. The default handler first: it keeps the order of arrival across names. */
export function listen<J extends Core>(runner: JourneyRunner<J>): void {
  const { flow } = runner
  setDefaultSignalHandler((name, ...args) => {
    runner.submit(name, bodyOf(args), 'signal')
  })
  for (const name of Object.keys(flow.messages) as NameOf<J>[]) {
    const { description } = flow.messages[name]
    setHandler(
      defineSignal<unknown[]>(name),
      (...args) => {
        runner.submit(name, bodyOf(args), 'signal')
      },
      { description },
    )
    setHandler(defineUpdate<unknown, unknown[]>(name), (...args) => runner.submitAndWait(name, bodyOf(args)), {
      description,
      validator: (...args: unknown[]) => {
        const refused = runner.refusal({ name, body: bodyOf(args) } as MessageOf<J>)
        if (refused) throw failure(refused)
      },
    })
  }
  setHandler(defineUpdate<unknown, unknown[]>(OPEN_UPDATE), (...args) => runner.open(bodyOf(args) as OpenRequest<J>), {
    description: 'Start or join: answers with the first state a user can be shown.',
    validator: (...args: unknown[]) => {
      const refused = runner.openRefusal(bodyOf(args) as OpenRequest<J>)
      if (refused) throw failure(refused)
    },
  })
  // After the named ones: it takes at once what came with the start.
  setDefaultUpdateHandler(() => {
    throw failure(refusal('UNKNOWN_MESSAGE'))
  })
  setHandler(defineQuery(VIEW_QUERY), () => flow.view(runner.journey), { description: 'All that may be shown.' })
  setHandler(
    defineQuery<unknown, [string]>(RECEIPT_QUERY),
    (key) => runner.journey.answers.find((answer) => answer.key === key)?.receipt ?? null,
    { description: 'The receipt of `<message>:<submissionId>`, or null.' },
  )
}
