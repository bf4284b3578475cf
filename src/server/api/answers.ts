/** Data as an answer. */
export function json(data: object, status: 200 | 201 = 200, headers: Record<string, string> = {}): Response {
  // With a length, which lets a connection be used again at once.
  const bytes = new TextEncoder().encode(JSON.stringify(data))
  return new Response(bytes, {
    status,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': String(bytes.length),
      ...commonHeaders,
      ...headers,
    },
  })
}

/** Done, and nothing more to say. */
export function done(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers: { ...commonHeaders, ...headers } })
}

const commonHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
