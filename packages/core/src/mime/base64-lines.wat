;; Base64 in lines, 12 bytes at a time. What is compiled of it stands in base64-lines-wasm.ts.
(module
  ;; What is encoded lies in front, what comes of it behind: base64-lines.ts says where.
  (memory (export "memory") 2)

  ;; Encodes `length` bytes, a multiple of 3. After each `line` bytes, a multiple of 3, follow `eol` bytes: LF, or CR and LF.
  ;; Reads up to 4 bytes more than it encodes and writes up to 12 more. Returns where the text ends.
  (func (export "encode")
    (param $in i32) (param $length i32) (param $out i32) (param $line i32) (param $eol i32) (result i32)
    (local $end i32) (local $bytes i32) (local $at i32) (local $v v128)
    (local $first v128) (local $second v128) (local $third v128) (local $fourth v128)
    (local $letters v128) (local $upper v128) (local $thirteen v128) (local $offset v128)
    (local $none v128)
    ;; Once, and not for each 12 bytes.
    (local.set $first (v128.const i32x4 0x3f 0x3f 0x3f 0x3f))
    (local.set $second (v128.const i32x4 0x3f00 0x3f00 0x3f00 0x3f00))
    (local.set $third (v128.const i32x4 0x3f0000 0x3f0000 0x3f0000 0x3f0000))
    (local.set $fourth (v128.const i32x4 0x3f000000 0x3f000000 0x3f000000 0x3f000000))
    (local.set $letters (i8x16.splat (i32.const 51)))
    (local.set $upper (i8x16.splat (i32.const 26)))
    (local.set $thirteen (i8x16.splat (i32.const 13)))
    ;; What to add to a digit: 0 to 25 are told by 13, 26 to 51 by 0, 52 to 61 by 1 to 10, + by 11, / by 12.
    (local.set $offset (v128.const i8x16 71 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -19 -16 65 0 0))
    (block $done
      (loop $lines
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $bytes
          (select (local.get $line) (local.get $length) (i32.lt_u (local.get $line) (local.get $length))))
        (local.set $end (i32.add (local.get $in) (local.get $bytes)))
        (local.set $at (local.get $out))
        (loop $groups
          ;; Each 3 bytes become a number of 24 bits in a lane of 32.
          (local.set $v
            (i8x16.shuffle 2 1 0 16 5 4 3 16 8 7 6 16 11 10 9 16 (v128.load (local.get $in)) (local.get $none)))
          ;; Its four digits of 6 bits, the highest first.
          (local.set $v
            (v128.or
              (v128.or
                (v128.and (i32x4.shr_u (local.get $v) (i32.const 18)) (local.get $first))
                (v128.and (i32x4.shr_u (local.get $v) (i32.const 4)) (local.get $second)))
              (v128.or
                (v128.and (i32x4.shl (local.get $v) (i32.const 10)) (local.get $third))
                (v128.and (i32x4.shl (local.get $v) (i32.const 24)) (local.get $fourth)))))
          (v128.store
            (local.get $at)
            (i8x16.add
              (local.get $v)
              (i8x16.swizzle
                (local.get $offset)
                (v128.or
                  (i8x16.sub_sat_u (local.get $v) (local.get $letters))
                  (v128.and (i8x16.lt_u (local.get $v) (local.get $upper)) (local.get $thirteen))))))
          (local.set $in (i32.add (local.get $in) (i32.const 12)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $groups (i32.lt_u (local.get $in) (local.get $end))))
        (local.set $in (local.get $end))
        (local.set $length (i32.sub (local.get $length) (local.get $bytes)))
        ;; Four characters for each 3 bytes.
        (local.set $out
          (i32.add (local.get $out) (i32.shl (i32.div_u (local.get $bytes) (i32.const 3)) (i32.const 2))))
        (if (i32.eq (local.get $bytes) (local.get $line))
          (then
            (if (i32.eq (local.get $eol) (i32.const 2))
              (then (i32.store16 (local.get $out) (i32.const 0x0a0d)))
              (else (i32.store8 (local.get $out) (i32.const 0x0a))))
            (local.set $out (i32.add (local.get $out) (local.get $eol)))))
        (br $lines)))
    (local.get $out)))
