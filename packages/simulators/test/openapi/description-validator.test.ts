import { describe, expect, it } from 'vitest';

import { descriptionValidator } from '../../src/exchange/openapi/description-validator.ts';
import { matchOperation } from '../../src/exchange/openapi/match-operation.ts';
import { operations } from '../../src/exchange/openapi/operations.ts';
import type { OperationDescription } from '../../src/exchange/openapi/operations.ts';

const validator = descriptionValidator();

function operation(id: string): OperationDescription {
  const found = operations.find((candidate) => candidate.id === id);
  if (found === undefined) throw new RangeError(id);
  return found;
}

describe('the description', () => {
  it('has one operation for each method and path, whose schemas all compile', () => {
    const seen = new Set(operations.map(({ method, path }) => `${method} ${path}`));
    expect(seen.size).toBe(operations.length);
    for (const described of operations) {
      for (const [status, schema] of Object.entries(described.answers)) {
        expect(() => validator.checkAnswer(described, Number(status), schema === null ? undefined : {})).not.toThrow();
      }
      for (const mediaType of Object.keys(described.body ?? {})) {
        expect(() => validator.checkBody(described, mediaType, {})).not.toThrow();
      }
    }
  });

  it('prefers fixed segments to parameters', () => {
    const match = matchOperation('GET', '/users/a/mailFolders/delta');
    expect(match).toMatchObject({ operation: { id: 'mailFolderDelta' } });
    expect(matchOperation('GET', "/users('a@b')/mailfolders('x%3D')/messages/delta")).toMatchObject({
      operation: { id: 'messageDelta' },
      parameters: { 'user-id': 'a@b', 'mailFolder-id': 'x=' },
    });
    expect(matchOperation('DELETE', '/users/a')).toBe('method-not-allowed');
    expect(matchOperation('GET', '/users//mailFolders')).toBe('not-found');
    expect(matchOperation('GET', '/me')).toBe('not-found');
  });

  it.each([
    ['a name it does not know', '$foo=1', 'not described'],
    ['a value of another form', '$top=-1', 'value'],
    ['a value outside of the list', 'includeHiddenFolders=yes', 'value'],
  ])('complains about a query with %s', (_, query, complaint) => {
    expect(validator.checkQuery(operation('listMailFolders'), new URLSearchParams(query))).toContain(complaint);
  });

  it('complains about a query parameter that is missing', () => {
    expect(validator.checkQuery(operation('putUploadRange'), new URLSearchParams())).toContain('missing');
  });

  it.each([
    ['a misspelled name', { Subject: 'x' }],
    ['a number for a text', { subject: 5 }],
    ['a value outside of the list', { body: { contentType: 'markdown', content: '' } }],
    ['a time without a zone', { sentDateTime: '2019-03-01T10:00:00' }],
    ['a misspelled name inside', { from: { emailAddress: { mail: 'x' } } }],
    ['an attachment without a type', { attachments: [{ name: 'x' }] }],
    [
      'bytes that are no base64',
      { attachments: [{ '@odata.type': '#microsoft.graph.fileAttachment', contentBytes: '*' }] },
    ],
    [
      'a misspelled name in an item',
      { attachments: [{ '@odata.type': '#microsoft.graph.itemAttachment', item: { Subject: 'x' } }] },
    ],
  ])('complains about a message with %s', (_, body) => {
    expect(validator.checkBody(operation('createMessage'), 'application/json', body)).toBeTypeOf('string');
    const page = { value: [body] };
    expect(validator.checkAnswer(operation('messageDelta'), 200, page)).toBeTypeOf('string');
  });

  it('lets annotations stand everywhere', () => {
    const message = {
      '@odata.etag': 'x',
      'attachments@odata.context': 'x',
      body: { '@odata.type': 'x', content: null },
    };
    expect(validator.checkAnswer(operation('getMessage'), 200, message)).toBeUndefined();
  });

  it('complains about answers of another status, without a body, or with one too many', () => {
    expect(validator.checkAnswer(operation('getMessage'), 201, {})).toContain('status');
    expect(validator.checkAnswer(operation('getMessage'), 200, undefined)).toBeTypeOf('string');
    expect(validator.checkAnswer(operation('deleteMessage'), 204, {})).toContain('JSON');
    expect(validator.checkAnswer(operation('getMessage'), 404, { error: { code: 'x' } })).toContain('message');
    expect(validator.checkAnswer(operation('getMessage'), 503, undefined)).toBeUndefined();
  });
});
