'use strict'
/**
 * The payload converter of clients, workers and the workflow bundle: Temporal's own, made safe to decode with. The SDK
 * decodes message arguments without a catch, so that one undecodable signal would fail the workflow task for good.
 * Here it becomes a value, which the journey's guards refuse by name. CommonJS, so that Node, jest and the workflow
 * bundle all load this one file.
 */
const {
  CompositePayloadConverter,
  BinaryPayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
} = require('@temporalio/common')

/** Decodes like its parent, but answers `{$undecodable: reason}` where that would throw. The reason holds no content. */
class TolerantPayloadConverter extends CompositePayloadConverter {
  /**
   * @override
   * @template T
   * @param {import('@temporalio/common').Payload} payload
   * @returns {T}
   */
  fromPayload(payload) {
    try {
      return super.fromPayload(payload)
    } catch (error) {
      const reason = error instanceof SyntaxError ? 'malformed JSON' : 'unknown encoding'
      return /** @type {T} */ (/** @type {unknown} */ ({ $undecodable: reason }))
    }
  }
}

const payloadConverter = new TolerantPayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new JsonPayloadConverter(),
)

module.exports = { payloadConverter }
