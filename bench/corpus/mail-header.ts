import type { Utterance } from './conversation.ts';
import type { Dice } from './dice.ts';
import { encodedWord } from './transfer-encodings.ts';

/** The header of a mail that a large service has delivered, but for the lines about its content. */
export function mailHeader(said: readonly Utterance[], dice: Dice): readonly string[] {
  const mail = said[0] as Utterance;
  const { from, to } = mail;
  const domain = from.address.split('@')[1] ?? '';
  const lines: string[] = [];
  for (let hop = dice.integer(2, 6); hop > 0; hop -= 1) {
    const [by, via] = [server(dice), server(dice)];
    lines.push(
      `Received: from ${via} (2603:10a6:${hex(dice, 2)}:${hex(dice, 1)}::${dice.integer(2, 40)})`,
      ` by ${by} with Microsoft SMTP Server (version=TLS1_2,`,
      ` cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.${dice.integer(4000, 8999)}.${dice.integer(1, 40)}; ${mailDate(mail.date + hop * 900)}`,
    );
  }
  lines.push(
    `Authentication-Results: spf=pass (sender IP is 40.107.${dice.integer(0, 255)}.${dice.integer(0, 255)})`,
    ` smtp.mailfrom=${domain}; dkim=pass (signature was verified)`,
    ` header.d=${domain};dmarc=pass action=none header.from=${domain};compauth=pass reason=100`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain};`,
    ' s=selector1; h=From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck;',
    ` bh=${dice.bytes(32).toString('base64')};`,
    ` b=${folded(dice.bytes(256).toString('base64'))}`,
    `From: ${person(from)}`,
    `To: ${to.map(person).join(',\r\n\t')}`,
    `Subject: ${encodedWord(mail.subject)}`,
    `Thread-Topic: ${encodedWord(mail.subject.replace('RE: ', ''))}`,
    `Thread-Index: ${dice.bytes(22 + 5 * said.length).toString('base64')}`,
    `Date: ${mailDate(mail.date)}`,
    `Message-ID: ${mail.messageId}`,
  );
  if (said.length > 1) {
    const ids = said.slice(1).map(({ messageId }) => messageId);
    lines.push(`References: ${ids.toReversed().join('\r\n ')}`, `In-Reply-To: ${ids[0]}`);
  }
  lines.push(
    'Accept-Language: en-US, de-DE',
    'Content-Language: en-US',
    'X-MS-Has-Attach: yes',
    'X-MS-TNEF-Correlator:',
    `X-MS-Exchange-Organization-SCL: ${dice.pick(['-1', '-1', '1'])}`,
    `X-MS-Exchange-CrossTenant-OriginalArrivalTime: ${mailDate(mail.date)}`,
    `X-MS-Exchange-CrossTenant-Network-Message-Id: ${uuid(dice)}`,
    `X-MS-Exchange-CrossTenant-Id: ${domain.length}f2c1d34-77aa-4c1e-9d80-2b1f8f6f0001`,
    'X-MS-Exchange-CrossTenant-AuthAs: Internal',
    'X-MS-Exchange-Transport-CrossTenantHeadersStamped: DB9PR04MB8461',
    `X-MS-Exchange-Transport-EndToEndLatency: 00:00:0${dice.integer(1, 9)}.${dice.integer(1_000_000, 9_999_999)}`,
    'X-Microsoft-Antispam: BCL:0;ARA:13230040|1800799024|376014|366016|38070700018;',
    `X-Microsoft-Antispam-Message-Info: ${folded(dice.bytes(dice.integer(300, 900)).toString('base64'))}`,
  );
  return lines;
}

/** A date as RFC 5322 writes it. */
export function mailDate(date: number): string {
  return new Date(date).toUTCString().replace('GMT', '+0000');
}

function person({ name, address }: Utterance['from']): string {
  return `${encodedWord(name)} <${address}>`;
}

function server(dice: Dice): string {
  const name = `${dice.pick(['AM', 'DB', 'VI', 'PR', 'FR'])}${dice.integer(0, 9)}PR${String(dice.integer(1, 40)).padStart(2, '0')}MB${dice.integer(1000, 9999)}`;
  return `${name}.eurprd${String(dice.integer(1, 40)).padStart(2, '0')}.prod.outlook.com`;
}

function folded(text: string): string {
  return text.replaceAll(/.{72}/g, '$&\r\n\t');
}

function hex(dice: Dice, bytes: number): string {
  return dice.bytes(bytes).toString('hex');
}

function uuid(dice: Dice): string {
  return hex(dice, 16).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
