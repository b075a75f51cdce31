import { deliverMime } from '../mime/deliver-mime.ts';
import { messageMime } from '../present/message-mime.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { RequestKind } from '../server/request-log.ts';
import type { Weather, WeatherReport } from '../server/weather.ts';
import { folderPath } from '../store/folder.ts';
import type { Folder } from '../store/folder.ts';
import type { Mailbox } from '../store/mailbox.ts';
import { contentOf } from '../store/stored-message.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import type { ExchangeControl, FolderLocation, MessageState } from './exchange-control.ts';

/** What the control needs beside the service. */
export interface ControlOptions {
  /** Says whether the client secret is valid. */
  readonly setSecret: (state: 'expired' | 'valid') => void;
  /** Makes the report of a weather. */
  readonly weatherOf: (weather: Weather | undefined) => WeatherReport | undefined;
}

const DELTA_PAGES: readonly RequestKind[] = ['delta'];

/** Makes the control of a service. */
export function createControl(service: ExchangeService, { setSecret, weatherOf }: ControlOptions): ExchangeControl {
  const { faults, tokens } = service;

  function mailboxOf(address: string): Mailbox {
    const mailbox = service.findUser(address);
    if (mailbox === undefined) throw new RangeError(`there is no mailbox ${address}`);
    return mailbox;
  }

  function messageOf(mailbox: Mailbox, id: string): StoredMessage {
    const message = mailbox.findMessage(id);
    if (message === undefined) throw new RangeError(`there is no message ${id}`);
    return message;
  }

  function anyMessage(id: string): StoredMessage {
    for (const mailbox of service.mailboxes.values()) {
      const message = mailbox.findMessage(id);
      if (message !== undefined) return message;
    }
    throw new RangeError(`there is no message ${id}`);
  }

  function folderOf(mailbox: Mailbox, location: FolderLocation): Folder {
    const folder = findFolder(mailbox, location);
    if (folder === undefined) throw new RangeError(`there is no folder ${String(location)}`);
    return folder;
  }

  return {
    async addMessage(address, location, message) {
      const mailbox = mailboxOf(address);
      const content =
        message instanceof Uint8Array ? await deliverMime(message, { receivedTime: service.clock.now() }) : message;
      return mailbox.addMessage(ensureFolder(mailbox, location), content).immutableId;
    },

    moveMessage(address, id, location) {
      const mailbox = mailboxOf(address);
      mailbox.moveMessage(messageOf(mailbox, id), ensureFolder(mailbox, location));
    },

    deleteMessage(address, id) {
      const mailbox = mailboxOf(address);
      mailbox.removeMessage(messageOf(mailbox, id));
    },

    updateMessage(address, id, { attachments, ...content }) {
      const mailbox = mailboxOf(address);
      mailbox.changeMessage(messageOf(mailbox, id), {
        content,
        ...(attachments && { attachments: attachments.map((attachment) => mailbox.storeAttachment(attachment)) }),
      });
    },

    createFolder(address, location, { isHidden = false } = {}) {
      const mailbox = mailboxOf(address);
      if (findFolder(mailbox, location) !== undefined) throw new RangeError(`folder ${String(location)} exists`);
      const path = pathOf(location);
      const parent = ensureFolder(mailbox, path.slice(0, -1));
      return mailbox.tree.create(parent, path.at(-1) ?? '', { isHidden }).id;
    },

    renameFolder(address, location, displayName) {
      const mailbox = mailboxOf(address);
      mailbox.tree.change(folderOf(mailbox, location), { displayName });
    },

    moveFolder(address, location, parentLocation) {
      const mailbox = mailboxOf(address);
      const folder = folderOf(mailbox, location);
      const parent = folderOf(mailbox, parentLocation);
      if (folder === parent || mailbox.tree.below(folder).includes(parent)) {
        throw new RangeError('a folder cannot be moved into itself');
      }
      mailbox.tree.change(folder, { parent });
    },

    deleteFolder(address, location) {
      const mailbox = mailboxOf(address);
      mailbox.removeFolder(folderOf(mailbox, location));
    },

    folders(address) {
      const { tree } = mailboxOf(address);
      const roots = [tree.root, ...['recoverableitemsroot', 'searchfolders'].map((name) => tree.find(name))];
      return roots
        .flatMap((root) => (root === undefined ? [] : [root, ...tree.below(root)]))
        .map((folder) => ({
          id: folder.id,
          path: folderPath(folder),
          wellKnownName: folder.wellKnownName,
          isHidden: folder.isHidden,
          isSearch: folder.isSearch,
          messageCount: folder.messages.size,
        }));
    },

    async messages(address, { mime = true } = {}) {
      const mailbox = mailboxOf(address);
      // First what can be told at one moment; then MIME, which takes time and memory, one after the other.
      const known = Array.from(mailbox.messages(), (message) => ({
        message,
        state: messageState(service, mailbox, message),
      }));
      const states: MessageState[] = [];
      for (const { message, state } of known) {
        states.push(mime ? { ...state, ...(await mimeState(service, message)) } : state);
      }
      return states;
    },

    expireDeltaTokens({ mailbox, folder, code = 'SyncStateNotFound', status, letterCase = 'asIs' } = {}) {
      if (folder !== undefined && mailbox === undefined) throw new TypeError('folder needs mailbox');
      const loss = { status: status ?? (code === 'SyncStateInvalid' ? 400 : 410), code, letterCase };
      for (const expired of mailbox === undefined ? service.mailboxes.values() : [mailboxOf(mailbox)]) {
        const place = folder === undefined ? undefined : folderOf(expired, folder).id;
        for (const state of expired.syncStates.values()) {
          if (place === undefined || state.place === place) state.loss = loss;
        }
      }
    },

    failItem(id, order) {
      const { immutableId } = anyMessage(id);
      faults.items.set(immutableId, { order, left: order.times ?? Number.POSITIVE_INFINITY });
    },
    dropId(id) {
      faults.withoutId.add(anyMessage(id).immutableId);
    },
    healItem(id) {
      faults.items.delete(id);
      faults.withoutId.delete(id);
    },
    throttle(order) {
      faults.throttles.push({ order, left: order.count });
    },
    resetConnections(count, { moment = 'before', kinds } = {}) {
      const names = { after: 'resetAfter', before: 'resetBefore', during: 'resetDuring' } as const;
      faults.onTheWay.push({ order: { name: names[moment], kinds }, left: count });
    },
    cutPages(count, { kinds = DELTA_PAGES } = {}) {
      faults.cuts.push({ order: { kinds }, left: count });
    },
    answerHtml(count, { kinds, status } = {}) {
      if (count > 0) faults.onTheWay.push({ order: { name: 'html', status, kinds }, left: count });
      else for (const entry of faults.onTheWay) if (entry.order.name === 'html') entry.left = 0;
    },
    conflictWrites(count) {
      faults.conflicts += count;
    },
    replayEntries(count) {
      faults.replays += count;
    },
    unsettleMessages(count, { times = 1 } = {}) {
      faults.unsettled.push({ order: { times }, left: count });
    },
    setUploadCasing(casing) {
      faults.uploadCasing = casing;
    },
    setWeather(weather) {
      faults.weather = weatherOf(weather);
    },
    onRequest: (listener) => service.notices.listen(listener),

    denyAccess(address) {
      mailboxOf(address).denied = true;
    },
    allowAccess(address) {
      mailboxOf(address).denied = false;
    },
    setOverQuota(address, state) {
      mailboxOf(address).overQuota = state === 'over';
    },
    expireCredentials() {
      setSecret('expired');
      tokens.expireAll();
    },
    renewCredentials() {
      setSecret('valid');
    },
    expireTokens() {
      tokens.expireAll();
    },
  };
}

/** A message without its MIME. */
function messageState(service: ExchangeService, mailbox: Mailbox, message: StoredMessage): MessageState {
  const presenter = service.presenter(mailbox);
  const { folder } = message;
  return {
    id: message.immutableId,
    mutableId: message.mutableId,
    folderId: folder?.id ?? '',
    folder: folder === undefined ? [] : folderPath(folder),
    changeKey: presenter.changeKey(message),
    content: contentOf(message),
    mime: undefined,
    mimeRefusal: undefined,
    properties: presenter.present(message, { idFormat: 'immutable', select: undefined, expand: [] }),
  };
}

/** MIME, or why there is none. Errors that pass are not counted down by looking. */
async function mimeState(
  { faults }: ExchangeService,
  message: StoredMessage,
): Promise<Pick<MessageState, 'mime' | 'mimeRefusal'>> {
  const entry = faults.items.get(message.immutableId);
  const isFailing = entry?.left === Number.POSITIVE_INFINITY && entry.order.parts?.includes('mime') !== false;
  if (entry !== undefined && isFailing) {
    return { mime: undefined, mimeRefusal: { status: entry.order.status ?? 500, code: entry.order.code } };
  }
  try {
    return { mime: await messageMime(message), mimeRefusal: undefined };
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    return { mime: undefined, mimeRefusal: { status: error.status, code: error.code } };
  }
}

function pathOf(location: FolderLocation): readonly string[] {
  return typeof location === 'string' ? location.split('/').filter((name) => name !== '') : location;
}

function findFolder({ tree }: Mailbox, location: FolderLocation): Folder | undefined {
  const known = typeof location === 'string' ? tree.find(location) : undefined;
  if (known !== undefined) return known;
  let folder: Folder | undefined = tree.root;
  for (const name of pathOf(location)) folder = folder === undefined ? undefined : tree.child(folder, name);
  return folder;
}

/** The folder at a location, made if it is missing. */
export function ensureFolder(mailbox: Mailbox, location: FolderLocation): Folder {
  const { tree } = mailbox;
  const known = findFolder(mailbox, location);
  if (known !== undefined) return known;
  let folder = tree.root;
  for (const name of pathOf(location)) folder = tree.child(folder, name) ?? tree.create(folder, name);
  return folder;
}
