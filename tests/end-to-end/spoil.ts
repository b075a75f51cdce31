/**
 * Loaded before the quickstart by a test: changes one message on its way, as HOLDFAST_SPOIL says, behind the back of
 * everything that could notice it earlier. `mime` changes a byte of the MIME that is backed up, `subject` and
 * `attachment` what is restored.
 */
import process from 'node:process';

const carry = globalThis.fetch;
const { HOLDFAST_SPOIL: what } = process.env;
let left = 1;

globalThis.fetch = async (input, init = {}) => {
  const url = String(input);
  if (what === 'mime' && left > 0 && url.endsWith('/$value')) {
    left -= 1;
    const bytes = new Uint8Array(await (await carry(input, init)).arrayBuffer());
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return new Response(bytes);
  }
  const body = init.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : undefined;
  if (what === 'subject' && left > 0 && body?.includes('"subject"') === true && url.endsWith('/messages')) {
    left -= 1;
    const message = JSON.parse(body) as Record<string, unknown>;
    return carry(input, { ...init, body: JSON.stringify({ ...message, subject: 'Something else' }) });
  }
  if (what === 'attachment' && left > 0 && body?.includes('"contentBytes"') === true) {
    left -= 1;
    return carry(input, { ...init, body: body.replace(/"contentBytes":"[^"]*"/, '"contentBytes":"AAAA"') });
  }
  return carry(input, init);
};
