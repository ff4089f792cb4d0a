import { expect, it } from 'vitest'
import { isPathTraversal } from './path-traversal.ts'

it.each([
  '/uploads/../../etc/passwd',
  '/uploads/..%2f..%2fetc/passwd',
  '/uploads/%2E%2E%2Fpublish.key',
  '/uploads/%2e%2e/publish.key',
  '/uploads/..%5c..%5cbelvedere.db',
  '/uploads/..\\belvedere.db',
  '/uploads/%252e%252e%252fpublish.key',
  '/uploads/..;/publish.key',
  '/static/..',
  '/uploads/a.jpg%00.html',
])('%s leads upwards', (url) => {
  expect(isPathTraversal(url)).toBe(true)
})

it.each(['/', '/uploads/a..b.jpg', '/streams/site/camera...1/snapshot', '/labels?from=../x', '/static/...', '/a/.b'])(
  '%s does not',
  (url) => {
    expect(isPathTraversal(url)).toBe(false)
  },
)
