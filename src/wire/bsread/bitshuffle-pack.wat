;; Packs blocks of bitshuffle_lz4 (bitshuffle-lz4.ts describes them): elements to bits, bits to LZ4, to the bytes that
;; bitshuffle.ts and lz4-block.ts give. bitshuffle-pack-wasm.ts lays out the memory. Up to 128 bytes beyond the elements are read,
;; and up to 16 beyond the bits and beyond what is written are touched; none of them count.
(module
  ;; From 0: the table of compress; from 16384: the bits of one block of up to 64 KB. The rest is laid out outside.
  (memory (export "memory") 6)

  ;; The elements of a block to their bits: of 16 elements at a time one byte each, whose bits are pairs of bytes in 8 rows. From
  ;; the last elements to the first: where there are only 8 for a pair, what is too much is the beginning of the next row, which is
  ;; written later. So a row must have 2 bytes.
  (func $transpose (param $from i32) (param $rowBytes i32) (param $elementBytes i32) (param $bits i32)
    (local $group i32) (local $byte i32) (local $at i32) (local $row i32) (local $values v128)
    (local.set $group (i32.and (i32.sub (local.get $rowBytes) (i32.const 1)) (i32.const -2)))
    (loop $pairs
      (local.set $byte (i32.const 0))
      (loop $bytes
        (local.set $at (i32.add (i32.add (local.get $from) (local.get $byte))
          (i32.mul (i32.shl (local.get $group) (i32.const 3)) (local.get $elementBytes))))
        (local.set $values (v128.load8_splat (local.get $at)))
        (local.set $values (v128.load8_lane 1
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 2
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 3
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 4
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 5
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 6
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 7
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 8
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 9
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 10
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 11
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 12
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 13
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 14
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        (local.set $values (v128.load8_lane 15
          (local.tee $at (i32.add (local.get $at) (local.get $elementBytes))) (local.get $values)))
        ;; Of each byte the highest bit, 16 at a time; the next one comes up.
        (local.set $row (i32.add (i32.add (local.get $bits) (local.get $group))
          (i32.mul (i32.or (i32.shl (local.get $byte) (i32.const 3)) (i32.const 7)) (local.get $rowBytes))))
        (i32.store16 (local.get $row) (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (local.set $values (i8x16.add (local.get $values) (local.get $values)))
        (i32.store16 (local.tee $row (i32.sub (local.get $row) (local.get $rowBytes)))
          (i8x16.bitmask (local.get $values)))
        (br_if $bytes (i32.lt_u
          (local.tee $byte (i32.add (local.get $byte) (i32.const 1))) (local.get $elementBytes))))
      (br_if $pairs (i32.ge_s
        (local.tee $group (i32.sub (local.get $group) (i32.const 2))) (i32.const 0)))))

  ;; Compresses what lies between $begin and $end into an LZ4 block at $to, with the choices of compressBlock in lz4-block.ts.
  ;; Returns its end.
  (func $compress (param $begin i32) (param $end i32) (param $to i32) (result i32)
    (local $at i32) (local $done i32) (local $lastBegin i32) (local $matchEnd i32) (local $misses i32)
    (local $four i32) (local $slot i32) (local $match i32) (local $offset i32) (local $stop i32) (local $differs i64)
    ;; Where four bytes with a hash were seen last, plus one.
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 16384))
    (local.set $at (local.get $begin))
    (local.set $done (local.get $begin))
    (local.set $lastBegin (i32.sub (local.get $end) (i32.const 12)))
    (local.set $matchEnd (i32.sub (local.get $end) (i32.const 5)))
    (block $ended
      (loop $places
        (br_if $ended (i32.gt_s (local.get $at) (local.get $lastBegin)))
        (local.set $slot (i32.shl
          (i32.shr_u
            (i32.mul (local.tee $four (i32.load (local.get $at))) (i32.const 0x9e3779b1)) (i32.const 19))
          (i32.const 1)))
        (local.set $match (i32.load16_u (local.get $slot)))
        (i32.store16 (local.get $slot) (i32.add (i32.sub (local.get $at) (local.get $begin)) (i32.const 1)))
        (block $miss
          (br_if $miss (i32.eqz (local.get $match)))
          (local.set $match (i32.sub (i32.add (local.get $begin) (local.get $match)) (i32.const 1)))
          (br_if $miss (i32.ne (i32.load (local.get $match)) (local.get $four)))
          (local.set $misses (i32.const 0))
          (local.set $offset (i32.sub (local.get $at) (local.get $match)))
          (local.set $stop (i32.add (local.get $at) (i32.const 4)))
          (block $found
            (loop $eights
              (if (i32.le_u (i32.add (local.get $stop) (i32.const 8)) (local.get $matchEnd))
                (then
                  (local.set $differs (i64.xor
                    (i64.load (local.get $stop)) (i64.load (i32.sub (local.get $stop) (local.get $offset)))))
                  (if (i64.eqz (local.get $differs))
                    (then
                      (local.set $stop (i32.add (local.get $stop) (i32.const 8)))
                      (br $eights)))
                  (local.set $stop (i32.add (local.get $stop)
                    (i32.shr_u (i32.wrap_i64 (i64.ctz (local.get $differs))) (i32.const 3))))
                  (br $found))))
            (loop $ones
              (br_if $found (i32.ge_u (local.get $stop) (local.get $matchEnd)))
              (br_if $found (i32.ne
                (i32.load8_u (local.get $stop)) (i32.load8_u (i32.sub (local.get $stop) (local.get $offset)))))
              (local.set $stop (i32.add (local.get $stop) (i32.const 1)))
              (br $ones)))
          (local.set $to (call $sequence (local.get $to) (local.get $done) (local.get $at)
            (local.get $offset) (i32.sub (local.get $stop) (local.get $at))))
          (local.set $at (local.get $stop))
          (local.set $done (local.get $stop))
          (br $places))
        (local.set $at (i32.add (i32.add (local.get $at) (i32.const 1)) (i32.shr_u (local.get $misses) (i32.const 6))))
        (local.set $misses (i32.add (local.get $misses) (i32.const 1)))
        (br $places)))
    (call $sequence (local.get $to) (local.get $done) (local.get $end) (i32.const 0) (i32.const 4)))

  ;; Writes a sequence at $to: the literals from $done to $at, and a match of $length unless $offset is 0. Returns its end.
  (func $sequence (param $to i32) (param $done i32) (param $at i32) (param $offset i32) (param $length i32) (result i32)
    (local $literals i32) (local $copied i32)
    (local.set $literals (i32.sub (local.get $at) (local.get $done)))
    (local.set $length (i32.sub (local.get $length) (i32.const 4)))
    (i32.store8 (local.get $to) (i32.or
      (i32.shl (call $half (local.get $literals)) (i32.const 4)) (call $half (local.get $length))))
    (local.set $to (call $more (i32.add (local.get $to) (i32.const 1)) (local.get $literals)))
    (if (i32.gt_u (local.get $literals) (i32.const 256))
      (then (memory.copy (local.get $to) (local.get $done) (local.get $literals)))
      (else
        (loop $copy
          (v128.store (i32.add (local.get $to) (local.get $copied))
            (v128.load (i32.add (local.get $done) (local.get $copied))))
          (br_if $copy (i32.lt_u
            (local.tee $copied (i32.add (local.get $copied) (i32.const 16))) (local.get $literals))))))
    (local.set $to (i32.add (local.get $to) (local.get $literals)))
    (if (i32.eqz (local.get $offset)) (then (return (local.get $to))))
    (i32.store16 (local.get $to) (local.get $offset))
    (call $more (i32.add (local.get $to) (i32.const 2)) (local.get $length)))

  ;; What a token has of a length.
  (func $half (param $length i32) (result i32)
    (select (local.get $length) (i32.const 15) (i32.lt_u (local.get $length) (i32.const 15))))

  ;; Writes at $to what a token has not of a length. Returns the end.
  (func $more (param $to i32) (param $length i32) (result i32)
    (if (i32.lt_u (local.get $length) (i32.const 15)) (then (return (local.get $to))))
    (local.set $length (i32.sub (local.get $length) (i32.const 15)))
    (block $last
      (loop $full
        (br_if $last (i32.lt_u (local.get $length) (i32.const 255)))
        (i32.store8 (local.get $to) (i32.const 255))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 255)))
        (br $full)))
    (i32.store8 (local.get $to) (local.get $length))
    (i32.add (local.get $to) (i32.const 1)))

  ;; Packs $count blocks of $blockBytes, at least 16 elements each, from $from on to $to. Returns the end of what it has written.
  (func (export "pack") (param $from i32) (param $count i32) (param $blockBytes i32) (param $elementBytes i32) (param $to i32)
    (result i32)
    (local $rowBytes i32) (local $block i32) (local $length i32)
    (local.set $rowBytes (i32.div_u (local.get $blockBytes) (i32.shl (local.get $elementBytes) (i32.const 3))))
    (loop $blocks
      (call $transpose (local.get $from) (local.get $rowBytes) (local.get $elementBytes) (i32.const 16384))
      (local.set $block (i32.add (local.get $to) (i32.const 4)))
      (local.set $to (call $compress
        (i32.const 16384) (i32.add (i32.const 16384) (local.get $blockBytes)) (local.get $block)))
      ;; The highest byte first.
      (local.set $length (i32.sub (local.get $to) (local.get $block)))
      (i32.store (i32.sub (local.get $block) (i32.const 4)) (i32.or
        (i32.and (i32.rotl (local.get $length) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $length) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $from (i32.add (local.get $from) (local.get $blockBytes)))
      (br_if $blocks (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $to)))
