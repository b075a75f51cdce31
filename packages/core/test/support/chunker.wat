;; The search for a cut (docs/format/trees.md, Chunks), as WebAssembly.
;; Memory: 1024 bytes of the gear table, then the bytes of the part.
(module
  (memory (export "memory") 2)
  ;; Where the first byte from $from to before $to lies after which to cut, plus one; -1 if there is none.
  ;; $warm bytes before $from make up the hash first.
  (func (export "scan") (param $from i32) (param $to i32) (param $mask i32) (param $warm i32) (result i32)
    (local $i i32) (local $hash i32)
    (local.set $i (i32.sub (local.get $from) (local.get $warm)))
    (block $warmed
      (loop $warming
        (br_if $warmed (i32.ge_u (local.get $i) (local.get $from)))
        (local.set $hash
          (i32.add (i32.shl (local.get $hash) (i32.const 1))
            (i32.load (i32.shl (i32.load8_u offset=1024 (local.get $i)) (i32.const 2)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $warming)))
    (block $ended
      (loop $scanning
        (br_if $ended (i32.ge_u (local.get $i) (local.get $to)))
        (local.set $hash
          (i32.add (i32.shl (local.get $hash) (i32.const 1))
            (i32.load (i32.shl (i32.load8_u offset=1024 (local.get $i)) (i32.const 2)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $scanning (i32.and (local.get $hash) (local.get $mask)))
        (return (local.get $i))))
    (i32.const -1)))
