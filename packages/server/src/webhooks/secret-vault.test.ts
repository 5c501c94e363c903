import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateMasterKey, parseMasterKey } from './master-key.ts'
import { createVault, SecretUnreadableError } from './secret-vault.ts'

const masterKey = parseMasterKey(generateMasterKey())
const vault = createVault(masterKey)
/** Another vault with the same key: its memory is empty, so it decrypts. */
const freshVault = () => createVault(masterKey)

describe('a sealed secret', () => {
  test('opens to the same text, from memory and after a restart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uuid(), (plain, context) => {
        const sealed = vault.seal(plain, context)
        expect([vault.open(sealed, context), vault.open(sealed, context)]).toEqual([plain, plain])
        expect(freshVault().open(sealed, context)).toBe(plain)
      }),
    )
  })

  test('does not contain the secret, and is another text each time', () => {
    const sealed = vault.seal('correct horse battery staple', 'account')
    expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/)
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('horse')
    expect(vault.seal('correct horse battery staple', 'account')).not.toBe(sealed)
  })

  test('does not open for another account, even when its owner opened it just before', () => {
    const sealed = vault.seal('secret', 'account a')
    vault.open(sealed, 'account a')
    expect(() => vault.open(sealed, 'account b')).toThrow(SecretUnreadableError)
    expect(vault.open(sealed, 'account a')).toBe('secret')
  })

  test('does not open with another master key', () => {
    const sealed = vault.seal('secret', 'account')
    expect(() => createVault(parseMasterKey(generateMasterKey())).open(sealed, 'account')).toThrow(
      SecretUnreadableError,
    )
  })

  test('does not open when a single bit of it was changed', () => {
    const bytes = Buffer.from(vault.seal('secret', 'account').slice(3), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(() => freshVault().open(`v1.${changed.toString('base64url')}`, 'account')).toThrow(SecretUnreadableError)
    }
  })

  test.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'plain text'])('text of another form (%j) is unreadable', (text) => {
    expect(() => vault.open(text, 'account')).toThrow(SecretUnreadableError)
  })
})

test('a check value tells the same master key from another one at start', () => {
  const checkValue = vault.checkValue()
  expect(freshVault().verifyCheckValue(checkValue)).toBe(true)
  expect(createVault(parseMasterKey(generateMasterKey())).verifyCheckValue(checkValue)).toBe(false)
  expect(vault.verifyCheckValue('nonsense')).toBe(false)
})

test('a master key of another length makes no vault', () => {
  expect(() => createVault(Buffer.alloc(16))).toThrow('32 bytes')
})
