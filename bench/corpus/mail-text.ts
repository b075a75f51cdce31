import type { Utterance } from './conversation.ts';
import { mailDate } from './mail-header.ts';

const STYLE = [
  '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
  '<meta name="Generator" content="Microsoft Word 15 (filtered medium)">',
  '<style><!--',
  '/* Font Definitions */',
  '@font-face\r\n\t{font-family:"Cambria Math";\r\n\tpanose-1:2 4 5 3 5 4 6 3 2 4;}',
  '@font-face\r\n\t{font-family:Calibri;\r\n\tpanose-1:2 15 5 2 2 2 4 3 2 4;}',
  '/* Style Definitions */',
  'p.MsoNormal, li.MsoNormal, div.MsoNormal\r\n\t{margin:0cm;\r\n\tfont-size:11.0pt;\r\n\tfont-family:"Calibri",sans-serif;\r\n\tmso-fareast-language:EN-US;}',
  'a:link, span.MsoHyperlink\r\n\t{mso-style-priority:99;\r\n\tcolor:#0563C1;\r\n\ttext-decoration:underline;}',
  'span.EmailStyle17\r\n\t{mso-style-type:personal-compose;\r\n\tfont-family:"Calibri",sans-serif;\r\n\tcolor:windowtext;}',
  '.MsoChpDefault\r\n\t{mso-style-type:export-only;\r\n\tfont-family:"Calibri",sans-serif;\r\n\tmso-fareast-language:EN-US;}',
  '@page WordSection1\r\n\t{size:612.0pt 792.0pt;\r\n\tmargin:70.85pt 70.85pt 2.0cm 70.85pt;}',
  'div.WordSection1\r\n\t{page:WordSection1;}',
  '--></style>',
].join('\r\n');

/** What a mail says, with what it quotes below, each earlier mail one level deeper. */
export function plainText(said: readonly Utterance[]): string {
  const lines: string[] = [];
  for (const [depth, one] of said.entries()) {
    const quote = '> '.repeat(depth);
    if (depth > 0) lines.push(`${'> '.repeat(depth - 1)}On ${mailDate(one.date)}, ${one.from.name} wrote:`);
    for (const text of one.paragraphs) {
      for (const line of wrapped(text, 76 - quote.length)) lines.push(quote + line);
      lines.push(quote.trimEnd());
    }
    for (const line of one.from.signature) lines.push(quote + line);
    lines.push('');
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** The same as a word processor writes it. */
export function htmlText(said: readonly Utterance[]): string {
  const body = said.map((one, depth) => {
    const head =
      depth === 0
        ? ''
        : '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\r\n' +
          `<p class="MsoNormal"><b><span lang="EN-US">From:</span></b><span lang="EN-US"> ${one.from.name} &lt;${one.from.address}&gt;<br>\r\n` +
          `<b>Sent:</b> ${mailDate(one.date)}<br>\r\n<b>To:</b> ${one.to.map(({ name }) => name).join('; ')}<br>\r\n<b>Subject:</b> ${one.subject}</span></p>\r\n</div>\r\n`;
    const text = one.paragraphs.map(
      (paragraph) =>
        `<p class="MsoNormal"><span lang="EN-US">${paragraph}<o:p></o:p></span></p>\r\n<p class="MsoNormal"><span lang="EN-US"><o:p>&nbsp;</o:p></span></p>\r\n`,
    );
    const signature = one.from.signature.map(
      (line) =>
        `<p class="MsoNormal"><span style="font-size:9.0pt;font-family:&quot;Arial&quot;,sans-serif;color:#44546A">${line}</span></p>\r\n`,
    );
    return head + text.join('') + signature.join('');
  });
  return `<html>\r\n<head>\r\n${STYLE}\r\n</head>\r\n<body lang="DE" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">\r\n<div class="WordSection1">\r\n${body.join('')}</div>\r\n</body>\r\n</html>\r\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + width);
    if (end < text.length) {
      const space = text.lastIndexOf(' ', end);
      if (space > at) end = space;
    }
    lines.push(text.slice(at, end));
    at = end + (text[end] === ' ' ? 1 : 0);
  }
  return lines;
}
