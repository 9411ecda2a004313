import { describe, expect, it } from '@jest/globals'
import { sign } from '../../activities/eko/signature.js'

describe("Eko's signature", () => {
  const accessKey = 'test-access-key-123'
  const timestamp = '1700000000000'

  it("is that of Eko's published test vector", () => {
    expect(sign(accessKey, timestamp)).toBe('88lqTf9ew69XbVbeczjxVL8/B4vibfp1MvTi1mIj2Xo=')
  })

  it.each([
    ['the key used without its base64 form', '5HzGdUHM86E+ShsoDWgBrkUKmZErN9ZJmokPaaZyvBE='],
    ['key and message swapped', 'bz9MBeHJ14Jt4kShNdgKzPv4q4H+sMWXEqap4/owAtw='],
    ['the digest left in hex', 'f3c96a4dff5ec3af576d56de7338f154bf3f078be26dfa7532f4e2d66223d97a'],
  ])('is not what comes of %s', (_, wrong) => {
    expect(sign(accessKey, timestamp)).not.toBe(wrong)
  })

  it('is padded standard base64 of 32 bytes', () => {
    const signature = sign(accessKey, timestamp)
    expect(signature).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    expect(Buffer.from(signature, 'base64')).toHaveLength(32)
  })
})
