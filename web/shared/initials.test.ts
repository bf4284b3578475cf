import { expect, test } from 'vitest'
import { initials } from './initials.js'

test('people are known by the first letters of their names, Chinese ones by their given name', () => {
  expect(initials('Ann Lee')).toBe('AL')
  expect(initials('  Jean-Luc  van der  Berg ')).toBe('JB')
  expect(initials('bo')).toBe('B')
  expect(initials('林小雨')).toBe('小雨')
  expect(initials('🌱 Garden')).toBe('🌱G')
  expect(initials('')).toBe('')
})
