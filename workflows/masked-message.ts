import { idHoldsIdentifier } from '../values/identifiers.js'
import { maskIdentifiers } from '../values/mask.js'
import type { AnyMessage } from './engine/core.js'
import type { ConsentGiven } from './messages.js'
import type { Actor } from './shared-messages.js'

/**
 * A well-formed message as the journey keeps it: words that its sender chose freely (ids, channel, reason) hold no number of
 * a person any more, so that nothing made of them can show one: view, receipt, result, evidence, log. What is a repeat is
 * told by the id as it was sent (`Submission.key`), which none of those holds.
 */
export function maskedMessage<M extends AnyMessage>(message: M): M {
  const { submissionId, actor, reason, consent } = message.body as M['body'] & Partial<FreeWords>
  const body = {
    ...message.body,
    ...(submissionId !== undefined && { submissionId: maskedId(submissionId) }),
    ...(actor && { actor: maskedActor(actor) }),
    ...(reason !== undefined && { reason: maskIdentifiers(reason) }),
    ...(consent && { consent: maskedConsent(consent) }),
  }
  return { ...message, body }
}

interface FreeWords {
  readonly submissionId: string
  readonly actor: Actor
  readonly reason: string
  readonly consent: ConsentGiven
}

/** Made by programs: a ULID that holds ten digits by chance stays whole, since its sender looks for it. */
function maskedId(id: string): string {
  return idHoldsIdentifier(id) ? maskIdentifiers(id) : id
}

function maskedActor({ id, channel, ...rest }: Actor): Actor {
  return { ...rest, id: maskIdentifiers(id), ...(channel !== undefined && { channel: maskIdentifiers(channel) }) }
}

function maskedConsent({ agent, channel, ...rest }: ConsentGiven): ConsentGiven {
  return {
    ...rest,
    ...(agent !== undefined && { agent: maskIdentifiers(agent) }),
    ...(channel !== undefined && { channel: maskIdentifiers(channel) }),
  }
}
