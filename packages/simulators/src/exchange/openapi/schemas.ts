import type { JsonSchema } from './json-schema.ts';

/**
 * The types of Microsoft Graph v1.0 that mail backup exchanges, as JSON Schema by name.
 *
 * Reduced from Microsoft's public metadata (the CSDL of 2026-08-20): inheritance is written out; left out are the
 * navigation properties and the properties that nothing here uses (dates of flags, multi-value extended properties, the
 * directory properties of users); `item` of an attachment is always a message; names that Microsoft writes in capitals
 * in its metadata and in small letters in its documentation (`destinationId`, `inputIds`) stand as documented. Objects
 * are closed when they are compiled, although some types are open in the service, so that a misspelled name is found.
 */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  BatchRequest: {
    type: 'object',
    required: ['requests'],
    properties: {
      requests: {
        type: 'array',
        maxItems: 20,
        items: {
          type: 'object',
          required: ['id', 'method', 'url'],
          properties: {
            id: { type: 'string' },
            method: { type: 'string' },
            url: { type: 'string' },
            headers: { type: 'object', additionalProperties: { type: 'string' } },
            body: {},
            dependsOn: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    },
  },
  BatchResponse: {
    type: 'object',
    properties: {
      responses: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            status: { type: 'integer' },
            headers: { type: 'object', additionalProperties: { type: 'string' } },
            body: {},
          },
        },
      },
      '@odata.nextLink': { type: 'string' },
    },
  },
  attachment: {
    type: 'object',
    required: ['@odata.type'],
    discriminator: { propertyName: '@odata.type' },
    oneOf: [{ $ref: 'fileAttachment' }, { $ref: 'itemAttachment' }, { $ref: 'referenceAttachment' }],
  },
  attachmentCollection: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.count': { type: 'integer' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'attachment' } },
    },
  },
  attachmentItem: {
    type: 'object',
    properties: {
      attachmentType: { anyOf: [{ $ref: 'attachmentType' }, { type: 'null' }] },
      contentId: { type: ['string', 'null'] },
      contentType: { type: ['string', 'null'] },
      isInline: { type: ['boolean', 'null'] },
      name: { type: ['string', 'null'] },
      size: { type: ['integer', 'null'] },
      '@odata.type': { type: 'string' },
    },
  },
  attachmentType: { type: 'string', enum: ['file', 'item', 'reference'] },
  bodyType: { type: 'string', enum: ['text', 'html'] },
  convertIdResult: {
    type: 'object',
    properties: {
      errorDetails: { anyOf: [{ $ref: 'genericError' }, { type: 'null' }] },
      sourceId: { type: ['string', 'null'] },
      targetId: { type: ['string', 'null'] },
      '@odata.type': { type: 'string' },
    },
  },
  convertIdResultCollection: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'convertIdResult' } },
    },
  },
  emailAddress: {
    type: 'object',
    properties: {
      address: { type: ['string', 'null'] },
      name: { type: ['string', 'null'] },
      '@odata.type': { type: 'string' },
    },
  },
  error: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string' },
          message: { type: 'string' },
          target: { type: ['string', 'null'] },
          details: { type: 'array', items: { type: 'object' } },
          innerError: {
            type: 'object',
            properties: {
              date: { type: 'string' },
              'request-id': { type: 'string' },
              'client-request-id': { type: 'string' },
              code: { type: 'string' },
            },
          },
        },
      },
    },
  },
  exchangeIdFormat: {
    type: 'string',
    enum: ['entryId', 'ewsId', 'immutableEntryId', 'restId', 'restImmutableEntryId'],
  },
  fileAttachment: {
    type: 'object',
    required: ['@odata.type'],
    properties: {
      id: { type: 'string' },
      '@odata.type': { enum: ['#microsoft.graph.fileAttachment', 'microsoft.graph.fileAttachment'] },
      contentType: { type: ['string', 'null'] },
      isInline: { type: 'boolean' },
      lastModifiedDateTime: { type: ['string', 'null'], format: 'date-time' },
      name: { type: ['string', 'null'] },
      size: { type: 'integer' },
      contentBytes: { type: ['string', 'null'], format: 'base64' },
      contentId: { type: ['string', 'null'] },
      contentLocation: { type: ['string', 'null'] },
    },
  },
  followupFlag: {
    type: 'object',
    properties: {
      flagStatus: { anyOf: [{ $ref: 'followupFlagStatus' }, { type: 'null' }] },
      '@odata.type': { type: 'string' },
    },
  },
  followupFlagStatus: { type: 'string', enum: ['notFlagged', 'complete', 'flagged'] },
  genericError: {
    type: 'object',
    properties: {
      code: { type: ['string', 'null'] },
      message: { type: ['string', 'null'] },
      '@odata.type': { type: 'string' },
    },
  },
  importance: { type: 'string', enum: ['low', 'normal', 'high'] },
  inferenceClassificationType: { type: 'string', enum: ['focused', 'other'] },
  internetMessageHeader: {
    type: 'object',
    properties: {
      name: { type: ['string', 'null'] },
      value: { type: ['string', 'null'] },
      '@odata.type': { type: 'string' },
    },
  },
  itemAttachment: {
    type: 'object',
    required: ['@odata.type'],
    properties: {
      id: { type: 'string' },
      '@odata.type': { enum: ['#microsoft.graph.itemAttachment', 'microsoft.graph.itemAttachment'] },
      contentType: { type: ['string', 'null'] },
      isInline: { type: 'boolean' },
      lastModifiedDateTime: { type: ['string', 'null'], format: 'date-time' },
      name: { type: ['string', 'null'] },
      size: { type: 'integer' },
      item: { anyOf: [{ $ref: 'message' }, { type: 'null' }] },
    },
  },
  itemBody: {
    type: 'object',
    properties: {
      content: { type: ['string', 'null'] },
      contentType: { anyOf: [{ $ref: 'bodyType' }, { type: 'null' }] },
      '@odata.type': { type: 'string' },
    },
  },
  mailFolder: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      '@odata.type': { enum: ['#microsoft.graph.mailFolder', '#microsoft.graph.mailSearchFolder'] },
      childFolderCount: { type: ['integer', 'null'] },
      displayName: { type: ['string', 'null'] },
      isHidden: { type: ['boolean', 'null'] },
      parentFolderId: { type: ['string', 'null'] },
      totalItemCount: { type: ['integer', 'null'] },
      unreadItemCount: { type: ['integer', 'null'] },
      filterQuery: { type: ['string', 'null'] },
      includeNestedFolders: { type: ['boolean', 'null'] },
      isSupported: { type: ['boolean', 'null'] },
      sourceFolderIds: { type: 'array', items: { type: 'string' } },
      '@removed': { type: 'object', properties: { reason: { enum: ['deleted', 'changed'] } } },
    },
  },
  mailFolderCollection: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.count': { type: 'integer' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'mailFolder' } },
    },
  },
  mailFolderDelta: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.deltaLink': { type: 'string' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'mailFolder' } },
    },
  },
  message: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      '@odata.type': { enum: ['#microsoft.graph.message', 'microsoft.graph.message'] },
      categories: { type: 'array', items: { type: 'string' } },
      changeKey: { type: ['string', 'null'] },
      createdDateTime: { type: ['string', 'null'], format: 'date-time' },
      lastModifiedDateTime: { type: ['string', 'null'], format: 'date-time' },
      bccRecipients: { type: 'array', items: { $ref: 'recipient' } },
      body: { anyOf: [{ $ref: 'itemBody' }, { type: 'null' }] },
      bodyPreview: { type: ['string', 'null'] },
      ccRecipients: { type: 'array', items: { $ref: 'recipient' } },
      conversationId: { type: ['string', 'null'] },
      conversationIndex: { type: ['string', 'null'], format: 'base64' },
      flag: { anyOf: [{ $ref: 'followupFlag' }, { type: 'null' }] },
      from: { anyOf: [{ $ref: 'recipient' }, { type: 'null' }] },
      hasAttachments: { type: ['boolean', 'null'] },
      importance: { anyOf: [{ $ref: 'importance' }, { type: 'null' }] },
      inferenceClassification: { anyOf: [{ $ref: 'inferenceClassificationType' }, { type: 'null' }] },
      internetMessageHeaders: { type: 'array', items: { $ref: 'internetMessageHeader' } },
      internetMessageId: { type: ['string', 'null'] },
      isDeliveryReceiptRequested: { type: ['boolean', 'null'] },
      isDraft: { type: ['boolean', 'null'] },
      isRead: { type: ['boolean', 'null'] },
      isReadReceiptRequested: { type: ['boolean', 'null'] },
      parentFolderId: { type: ['string', 'null'] },
      receivedDateTime: { type: ['string', 'null'], format: 'date-time' },
      replyTo: { type: 'array', items: { $ref: 'recipient' } },
      sender: { anyOf: [{ $ref: 'recipient' }, { type: 'null' }] },
      sentDateTime: { type: ['string', 'null'], format: 'date-time' },
      subject: { type: ['string', 'null'] },
      toRecipients: { type: 'array', items: { $ref: 'recipient' } },
      uniqueBody: { anyOf: [{ $ref: 'itemBody' }, { type: 'null' }] },
      webLink: { type: ['string', 'null'] },
      attachments: { type: 'array', items: { $ref: 'attachment' } },
      singleValueExtendedProperties: { type: 'array', items: { $ref: 'singleValueLegacyExtendedProperty' } },
      '@removed': { type: 'object', properties: { reason: { enum: ['deleted', 'changed'] } } },
    },
  },
  messageCollection: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.count': { type: 'integer' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'message' } },
    },
  },
  messageDelta: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.deltaLink': { type: 'string' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'message' } },
    },
  },
  moveRequest: {
    type: 'object',
    required: ['destinationId'],
    properties: {
      destinationId: { type: 'string' },
    },
  },
  recipient: {
    type: 'object',
    properties: {
      emailAddress: { anyOf: [{ $ref: 'emailAddress' }, { type: 'null' }] },
      '@odata.type': { type: 'string' },
    },
  },
  referenceAttachment: {
    type: 'object',
    required: ['@odata.type'],
    properties: {
      id: { type: 'string' },
      '@odata.type': { enum: ['#microsoft.graph.referenceAttachment', 'microsoft.graph.referenceAttachment'] },
      contentType: { type: ['string', 'null'] },
      isInline: { type: 'boolean' },
      lastModifiedDateTime: { type: ['string', 'null'], format: 'date-time' },
      name: { type: ['string', 'null'] },
      size: { type: 'integer' },
    },
  },
  singleValueLegacyExtendedProperty: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      '@odata.type': { type: 'string' },
      value: { type: ['string', 'null'] },
    },
  },
  translateRequest: {
    type: 'object',
    required: ['inputIds', 'sourceIdType', 'targetIdType'],
    properties: {
      inputIds: { type: 'array', maxItems: 1000, items: { type: 'string' } },
      sourceIdType: { $ref: 'exchangeIdFormat' },
      targetIdType: { $ref: 'exchangeIdFormat' },
    },
  },
  uploadRangeAnswer: {
    type: 'object',
    properties: {
      ExpirationDateTime: { type: 'string', format: 'date-time' },
      expirationDateTime: { type: 'string', format: 'date-time' },
      nextExpectedRanges: { type: 'array', items: { type: 'string' } },
      NextExpectedRanges: { type: 'array', items: { type: 'string' } },
    },
  },
  uploadSession: {
    type: 'object',
    properties: {
      expirationDateTime: { type: ['string', 'null'], format: 'date-time' },
      nextExpectedRanges: { type: 'array', items: { type: 'string' } },
      uploadUrl: { type: ['string', 'null'] },
      '@odata.type': { type: 'string' },
    },
  },
  uploadSessionRequest: {
    type: 'object',
    required: ['AttachmentItem'],
    properties: {
      AttachmentItem: { $ref: 'attachmentItem' },
    },
  },
  user: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      '@odata.type': { type: 'string' },
      accountEnabled: { type: ['boolean', 'null'] },
      createdDateTime: { type: ['string', 'null'], format: 'date-time' },
      displayName: { type: ['string', 'null'] },
      mail: { type: ['string', 'null'] },
      mailNickname: { type: ['string', 'null'] },
      preferredLanguage: { type: ['string', 'null'] },
      userPrincipalName: { type: ['string', 'null'] },
      userType: { type: ['string', 'null'] },
    },
  },
  userCollection: {
    type: 'object',
    required: ['value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.count': { type: 'integer' },
      '@odata.nextLink': { type: 'string' },
      value: { type: 'array', items: { $ref: 'user' } },
    },
  },
};
