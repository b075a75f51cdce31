import type { JsonObject } from '@holdfast/contracts';
import { password } from '../../src/index.ts';
import type { KeyFile, RepositoryKey } from '../../src/index.ts';

/** A repository of format version 1 as it was once written, which every later version must open. */
export interface GoldenKeyring {
  readonly config: JsonObject;
  readonly files: readonly KeyFile[];
  readonly key: RepositoryKey;
  /** Id of a piece with the bytes `Dear Ada`, in hex. */
  readonly blobId: string;
  /** A data pack with the pieces `Dear Ada` and `the engine works`. */
  readonly object: Uint8Array;
}

const base64 = (...lines: readonly string[]): Uint8Array => new Uint8Array(Buffer.from(lines.join(''), 'base64'));

const slot: KeyFile = {
  name: 'keys/aa6d5f78d6c83f2eb5796f24f6cf7651092ffe8f2c738e06db54734261639d5b',
  bytes: base64(
    'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBpRmt4QmFXWUlkNTBaOEZubXN4YzdnIDE2CkY0ZERCR1dKWlBCUjla',
    'ZnBWTVNHN2ZqMWVHNnNHSkQ1bG5PNVplVXFLOTgKLS0tIEhOUGpCUU1hNVJaRkFNaGFZM0xrcDVxelljSFhCUHJtQnVCTHIr',
    'OTNkeFEK+8ZOtPe2MbxyH7rbtVHEDBw2dCi3mwywHj/N4CI/uYlqOiU2UPLc5o1f30jTm5V8XdoYGsUCwSzBul/jBePWRtAb',
    'G6+vo2pOFsse6W8gPf7gfyV2fnT0ghjSwjnQEjeMo2wI10X4edZS+vULBKTez+r+riIeLCyBNnxgpCZSHm3gqGR6cIFn2/Fd',
    'mU+XnD5tSDSdDaNiyl5YRu6hDNPrOjUUVqdZBfJ1iOIt27JFj+hG8f+y5bM5AIlC1di5oXLEt8gtCepIQ6tNSkEs7H423v2A',
    'p44CB3FG1W4a6/qmVUKMxoRDNDwrFwzX8KEvP4+FiaxNhSfe84zeRpKSAp4zfi3aEQPyND8irRsX0G6LQw34GpbL4YUcFtcC',
    'MwHQ8LeE8PJ+mhVTkKft0XVSnIVOsGED+FQawRw5gEjfBrf6+TxD7epox7MSOko1PEneFDlm9c3uILTz2R+Xd+wF239UXQ==',
  ),
};
const keyring: KeyFile = {
  name: 'keys/b972aa0cf5e671132ecc35aa5058b79920020f591257e42f854f6249f8774832',
  bytes: base64(
    'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSArYUFvSTFZN3dTakF1L2diQjJTaXVDQ25DYStKMjV3cEZlY25Uek1q',
    'MlhzClE2aVh2a3kvMCtQME45Y3BqOWxPd3VtTDBrSVh4aEh4NkpkYkpDMWxhMDgKLS0tIENJMWxjd3Mxa3pXT05xMnZSRkda',
    'cmNxU204ckNNZzJNdHZIWkdPTUJZaDAK+kx0585diUblH5N5R+GfzUvv+0jqQyUTMwL/KqX1nt662Gx4RcOOy6z/oktqxpEr',
    'txYa83lZvvtIFCn8KFV0jt0wed0OZzTIfT0BsbBTZlRPxRU5aHFtPA7yfd5isVjCUm3a0w3GlgjTMjsCppaYBLn21Z+68StZ',
    'W/mxIyYB5cHOfpg49LUPOfy6VooCjIyToJrEPelRWak4T5kyqIUmOb4Mc68AtcjNOTIixd9MQ3W5j+TnA4UVzuMdKW/6KQru',
    '5GPqeCVLemgptKGa87oxYB98XO1Y8pbKwP/eD6AQ/tPZXMmpSUMfwpND50nXrhlwKB574szGf7OObNi3djrDV/C7gwx1jwOy',
    '/5EaWaUtu1dk8L7cez59IDpOk6s5x246l4PcPK2r7pxWO8HMzYGuZ31a1K9zf1S7vj7Gch2LiGGwNpPAdeECJDHw4ofA9/Hm',
    'F183n1QzphxNP3S5UqyR0s8ubJBYcvNzoUFHJprx91qSRFdk0rzdVgPzs/MOwFnwRBwiN3Wx/uEUr1JdJ3vl1/9XxlgRIjua',
    'A+iRAIZE2nusQvZOZ+GKqBCaQ4uChJMylVV5bk4sRNK/JootDmiVYJemk+1L4vOMXunHQDPkYqopuHDbyYUY1QdjKU+hBMbE',
    '2GDDIrQcdHWf9QjyZHqCR5U3z+9i7dWPgdC0TeLxkn9EXVwZG6uZ8zizOFUOm75sI4c47IGIe/w7RQ2T6pQD+IB4EHChLZ9H',
    '93g9YIAH2Lpr+Q8vAqvnNGN81mxZQlWyo8bcjh8tBgTNB+hatvmqgEFacQbnVsRbmi9FgauOTJQhgXjd23iJ/0Wd9ESCaluU',
    '1HTmBBaUwIGZrjKqe++ofmxL+/mtVKPTFis/wMiKzDUKPbchiArdT0IGXClKwBd0s3Kssu2N3JaALMSGzUfPAN+mD6P4sGk4',
    'ARx9PxGf6jSmW0/s0VrrT2fIgqtZT+TvJIUb1xelfI+aPLGXpHYvH7lFRqhzdlHGTLJqz+QWOCb1Vcu0xW/gRZg0rtxJCtqp',
    '/Qf0hR2L1ZoviM4JIGcgrt00I6Zaed/Wk77MRKHcDtSWjiZyDJ7FzoYWmA2Q2wcCPE0H2oVsoj0mkvbNfNnvedCjqqpWBUbB',
    'mWUm2UeBLKKlCTeGftzCC4X6UF0=',
  ),
};
const object = base64(
  'SE9MREZBU1QBAQEAAAAAATlztyD1zaorhIzCbzr9V8sZL55fBdiuaA2Zjovu7AFLGrJk+leXOQFPFJPhkES4H7aLLbWbUBDY',
  'LObqBC5aQ6ziDe0ofKXVMsdTKttu+0hMInWxFKgwwMCLGGWtUFPAwahpDzt8yKZ2HcqUA+K3gCT1xAKPhNepEEVBZ0NtLcS4',
  'umwREZKpvT17oic5kdaLuEBrsledcJW571wk/QmzQaWmBfJvhkD6WpK8lsoCF50P6AIqpDumF0jHylbb282O1NhSaXKSFm96',
  'YUrp5jV4yK8iRDeDQYBYliiA+zZLUzJEtZCswR153+kfbvICW/+LwjznCE6A7w0XcrgpfZybQZaXEQGWAAAAlFRTQUZETE9I',
);
const config =
  '{"holdfast":"repository","version":1,"created":"2026-11-23T04:05:06.789Z","chunker":{"algorithm":"fastcdc-gear32","threshold":524288,"min":524288,"mean":1048576,"max":4194304},"pack":{"target":16777216},"encrypted":true,"id":"25955d0d280a45eea9770ab7e69d90a83284d7fa49e9232d2482ef4e2d930888","mac":"e3cb4c255b7ab9dfa4f0bd59067d8db595946f0639f104ec20d48190bbefc827"}';

export function goldenKeyring(): GoldenKeyring {
  return {
    config: JSON.parse(config),
    files: [slot, keyring],
    key: password('golden password'),
    blobId: '14f6ac08093eb7f64767b9639185eb401094bde8ea506a3ca494da57780f1b48',
    object,
  };
}
