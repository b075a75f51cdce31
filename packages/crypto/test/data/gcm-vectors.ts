/** One vector for AES-256-GCM with a 96-bit IV and a 128-bit tag, in hex. */
export interface GcmVector {
  readonly origin: string;
  readonly key: string;
  readonly iv: string;
  readonly plaintext: string;
  readonly aad: string;
  readonly ciphertext: string;
  readonly tag: string;
}

const file = (lengths: string, count: number): string => `NIST CAVP gcmEncryptExtIV256.rsp, ${lengths}, count ${count}`;

/**
 * From NIST's Cryptographic Algorithm Validation Program, block cipher modes, gcmtestvectors.zip. Lengths of plaintext
 * and associated data are in bits.
 */
export const gcmVectors: readonly GcmVector[] = [
  {
    origin: file('PTlen 0, AADlen 0', 0),
    key: 'b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4',
    iv: '516c33929df5a3284ff463d7',
    plaintext: '',
    aad: '',
    ciphertext: '',
    tag: 'bdc1ac884d332457a1d2664f168c76f0',
  },
  {
    origin: file('PTlen 0, AADlen 128', 0),
    key: '78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223',
    iv: 'd79cf22d504cc793c3fb6c8a',
    plaintext: '',
    aad: 'b96baa8c1c75a671bfb2d08d06be5f36',
    ciphertext: '',
    tag: '3e5d486aa2e30b22e040b85723a06e76',
  },
  {
    origin: file('PTlen 128, AADlen 0', 0),
    key: '31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22',
    iv: '0d18e06c7c725ac9e362e1ce',
    plaintext: '2db5168e932556f8089a0622981d017d',
    aad: '',
    ciphertext: 'fa4362189661d163fcd6a56d8bf0405a',
    tag: 'd636ac1bbedd5cc3ee727dc2ab4a9489',
  },
  {
    origin: file('PTlen 128, AADlen 128', 0),
    key: '92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b',
    iv: 'ac93a1a6145299bde902f21a',
    plaintext: '2d71bcfa914e4ac045b2aa60955fad24',
    aad: '1e0889016f67601c8ebea4943bc23ad6',
    ciphertext: '8995ae2e6df3dbf96fac7b7137bae67f',
    tag: 'eca5aa77d51d4a0a14d9c51e1da474ab',
  },
  {
    origin: file('PTlen 408, AADlen 160', 0),
    key: '24501ad384e473963d476edcfe08205237acfd49b5b8f33857f8114e863fec7f',
    iv: '9ff18563b978ec281b3f2794',
    plaintext: '27f348f9cdc0c5bd5e66b1ccb63ad920ff2219d14e8d631b3872265cf117ee86757accb158bd9abb3868fdc0d0b074b5f01b2c',
    aad: 'adb5ec720ccf9898500028bf34afccbcaca126ef',
    ciphertext:
      'eb7cb754c824e8d96f7c6d9b76c7d26fb874ffbf1d65c6f64a698d839b0b06145dae82057ad55994cf59ad7f67c0fa5e85fab8',
    tag: 'bc95c532fecc594c36d1550286a7a3f0',
  },
  {
    origin: file('PTlen 104, AADlen 0', 0),
    key: '82c4f12eeec3b2d3d157b0f992d292b237478d2cecc1d5f161389b97f999057a',
    iv: '7b40b20f5f397177990ef2d1',
    plaintext: '982a296ee1cd7086afad976945',
    aad: '',
    ciphertext: 'ec8e05a0471d6b43a59ca5335f',
    tag: '113ddeafc62373cac2f5951bb9165249',
  },
];
