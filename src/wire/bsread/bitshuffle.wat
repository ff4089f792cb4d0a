;; Unpacks blocks of bitshuffle_lz4 (bitshuffle-lz4.ts describes them): LZ4 to bits, bits to elements. bitshuffle-wasm.ts lays out
;; the memory. Nothing that a block says makes it read or write outside; up to 32 bytes beyond the end of what is read or
;; written, and 1024 beyond the elements, are touched and do not count.
(module
  ;; From 0: tables; from 1024: 1 KB of scratch; from 4096: the bits of one block of up to 64 KB. The rest is laid out outside.
  (memory (export "memory") 6)

  ;; How to fill 16 bytes with the last 1 to 15: which of these to take, 16 for each number of them. From 256: the largest
  ;; multiple of each number that is not above 16.
  (data (i32.const 0)
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    "\00\01\00\01\00\01\00\01\00\01\00\01\00\01\00\01"
    "\00\01\02\00\01\02\00\01\02\00\01\02\00\01\02\00"
    "\00\01\02\03\00\01\02\03\00\01\02\03\00\01\02\03"
    "\00\01\02\03\04\00\01\02\03\04\00\01\02\03\04\00"
    "\00\01\02\03\04\05\00\01\02\03\04\05\00\01\02\03"
    "\00\01\02\03\04\05\06\00\01\02\03\04\05\06\00\01"
    "\00\01\02\03\04\05\06\07\00\01\02\03\04\05\06\07"
    "\00\01\02\03\04\05\06\07\08\00\01\02\03\04\05\06"
    "\00\01\02\03\04\05\06\07\08\09\00\01\02\03\04\05"
    "\00\01\02\03\04\05\06\07\08\09\0a\00\01\02\03\04"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\00\01\02\03"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\00\01\02"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\00\01"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\00"
    "\00\10\10\0f\10\0f\0c\0e\10\09\0a\0b\0c\0d\0e\0f")

  ;; How many bytes the last call of unpack has read.
  (global $taken (export "taken") (mut i32) (i32.const 0))

  ;; The number at $at, 32 bits, the highest byte first.
  (func $bigEndian (param $at i32) (result i32)
    (local $value i32)
    (local.set $value (i32.load (local.get $at)))
    (i32.or
      (i32.and (i32.rotl (local.get $value) (i32.const 8)) (i32.const 0x00ff00ff))
      (i32.and (i32.rotr (local.get $value) (i32.const 8)) (i32.const 0xff00ff00))))

  ;; Decompresses the LZ4 block from $from to $end into $to to $toEnd, by the rules of lz4-block.ts.
  ;; Returns 1, or 0 if the block is damaged or gives more or fewer bytes.
  (func $decompress (param $from i32) (param $end i32) (param $to i32) (param $toEnd i32) (result i32)
    (local $at i32) (local $token i32) (local $length i32) (local $byte i32) (local $offset i32) (local $stop i32)
    (local $pattern v128)
    (local.set $at (local.get $to))
    (block $damaged
      (loop $sequences
        (br_if $damaged (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $token (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))

        ;; Literals.
        (if (i32.eq (local.tee $length (i32.shr_u (local.get $token) (i32.const 4))) (i32.const 15))
          (then
            (loop $more
              (br_if $damaged (i32.ge_u (local.get $from) (local.get $end)))
              (local.set $byte (i32.load8_u (local.get $from)))
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (local.set $length (i32.add (local.get $length) (local.get $byte)))
              (br_if $more (i32.eq (local.get $byte) (i32.const 255))))))
        (br_if $damaged (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $from))))
        (br_if $damaged (i32.gt_u (local.get $length) (i32.sub (local.get $toEnd) (local.get $at))))
        (local.set $stop (i32.add (local.get $at) (local.get $length)))
        (if (i32.gt_u (local.get $length) (i32.const 256))
          (then (memory.copy (local.get $at) (local.get $from) (local.get $length)))
          (else
            (local.set $offset (local.get $from))
            (loop $copy
              (v128.store (local.get $at) (v128.load (local.get $offset)))
              (v128.store offset=16 (local.get $at) (v128.load offset=16 (local.get $offset)))
              (local.set $offset (i32.add (local.get $offset) (i32.const 32)))
              (br_if $copy (i32.lt_u
                (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $stop))))))
        (local.set $at (local.get $stop))
        (local.set $from (i32.add (local.get $from) (local.get $length)))
        (if (i32.eq (local.get $from) (local.get $end))
          (then (return (i32.eq (local.get $at) (local.get $toEnd)))))

        ;; A match begins 12 bytes before the end or earlier, at a place that is already written, and 5 bytes follow it.
        (br_if $damaged (i32.gt_u (local.get $at) (i32.sub (local.get $toEnd) (i32.const 12))))
        (br_if $damaged (i32.lt_u (i32.sub (local.get $end) (local.get $from)) (i32.const 2)))
        (local.set $offset (i32.load16_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))
        (br_if $damaged (i32.eqz (local.get $offset)))
        (br_if $damaged (i32.gt_u (local.get $offset) (i32.sub (local.get $at) (local.get $to))))
        (if (i32.eq (local.tee $length (i32.and (local.get $token) (i32.const 15))) (i32.const 15))
          (then
            (loop $more
              (br_if $damaged (i32.ge_u (local.get $from) (local.get $end)))
              (local.set $byte (i32.load8_u (local.get $from)))
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (local.set $length (i32.add (local.get $length) (local.get $byte)))
              (br_if $more (i32.eq (local.get $byte) (i32.const 255))))))
        (local.set $length (i32.add (local.get $length) (i32.const 4)))
        (br_if $damaged (i32.gt_u
          (local.get $length) (i32.sub (i32.sub (local.get $toEnd) (i32.const 5)) (local.get $at))))
        (local.set $stop (i32.add (local.get $at) (local.get $length)))
        (if (i32.ge_u (local.get $offset) (i32.const 16))
          (then
            (loop $copy
              (v128.store (local.get $at) (v128.load (i32.sub (local.get $at) (local.get $offset))))
              (br_if $copy (i32.lt_u
                (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $stop)))))
          (else
            (local.set $pattern (i8x16.swizzle
              (v128.load (i32.sub (local.get $at) (local.get $offset)))
              (v128.load (i32.shl (local.get $offset) (i32.const 4)))))
            (local.set $offset (i32.load8_u offset=256 (local.get $offset)))
            (loop $repeat
              (v128.store (local.get $at) (local.get $pattern))
              (br_if $repeat (i32.lt_u
                (local.tee $at (i32.add (local.get $at) (local.get $offset))) (local.get $stop))))))
        (local.set $at (local.get $stop))
        (br $sequences)))
    (i32.const 0))

  ;; The bits of a block to its elements, 16 groups of 8 elements at a time; what the last groups have too much lies behind the
  ;; elements.
  (func $untranspose (param $bits i32) (param $rowBytes i32) (param $elementBytes i32) (param $to i32)
    (local $groups i32) (local $byte i32) (local $row i32) (local $scratch i32) (local $step i32) (local $at i32)
    (local $mask v128) (local $swap v128)
    (local $r0 v128) (local $r1 v128) (local $r2 v128) (local $r3 v128)
    (local $r4 v128) (local $r5 v128) (local $r6 v128) (local $r7 v128)
    (loop $tiles
      ;; For each byte of an element: squares of 8 × 8 bits, 16 at a time. Their rows were the bits of this byte, and become its
      ;; values of 8 elements. Those go to scratch in the order of elements, then bytes.
      (local.set $byte (i32.const 0))
      (local.set $step (i32.shl (local.get $elementBytes) (i32.const 4)))
      (loop $bytes
        (local.set $row (i32.add (i32.add (local.get $bits) (local.get $groups))
          (i32.mul (local.get $byte) (i32.shl (local.get $rowBytes) (i32.const 3)))))
        (local.set $r0 (v128.load (local.get $row)))
        (local.set $r1 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $r2 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $r3 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $r4 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $r5 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $r6 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $r7 (v128.load (local.tee $row (i32.add (local.get $row) (local.get $rowBytes)))))
        (local.set $mask (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r0) (i32.const 4)) (local.get $r4))))
        (local.set $r4 (v128.xor (local.get $r4) (local.get $swap)))
        (local.set $r0 (v128.xor (local.get $r0) (i16x8.shl (local.get $swap) (i32.const 4))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r1) (i32.const 4)) (local.get $r5))))
        (local.set $r5 (v128.xor (local.get $r5) (local.get $swap)))
        (local.set $r1 (v128.xor (local.get $r1) (i16x8.shl (local.get $swap) (i32.const 4))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r2) (i32.const 4)) (local.get $r6))))
        (local.set $r6 (v128.xor (local.get $r6) (local.get $swap)))
        (local.set $r2 (v128.xor (local.get $r2) (i16x8.shl (local.get $swap) (i32.const 4))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r3) (i32.const 4)) (local.get $r7))))
        (local.set $r7 (v128.xor (local.get $r7) (local.get $swap)))
        (local.set $r3 (v128.xor (local.get $r3) (i16x8.shl (local.get $swap) (i32.const 4))))
        (local.set $mask (v128.const i32x4 0x33333333 0x33333333 0x33333333 0x33333333))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r0) (i32.const 2)) (local.get $r2))))
        (local.set $r2 (v128.xor (local.get $r2) (local.get $swap)))
        (local.set $r0 (v128.xor (local.get $r0) (i16x8.shl (local.get $swap) (i32.const 2))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r1) (i32.const 2)) (local.get $r3))))
        (local.set $r3 (v128.xor (local.get $r3) (local.get $swap)))
        (local.set $r1 (v128.xor (local.get $r1) (i16x8.shl (local.get $swap) (i32.const 2))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r4) (i32.const 2)) (local.get $r6))))
        (local.set $r6 (v128.xor (local.get $r6) (local.get $swap)))
        (local.set $r4 (v128.xor (local.get $r4) (i16x8.shl (local.get $swap) (i32.const 2))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r5) (i32.const 2)) (local.get $r7))))
        (local.set $r7 (v128.xor (local.get $r7) (local.get $swap)))
        (local.set $r5 (v128.xor (local.get $r5) (i16x8.shl (local.get $swap) (i32.const 2))))
        (local.set $mask (v128.const i32x4 0x55555555 0x55555555 0x55555555 0x55555555))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r0) (i32.const 1)) (local.get $r1))))
        (local.set $r1 (v128.xor (local.get $r1) (local.get $swap)))
        (local.set $r0 (v128.xor (local.get $r0) (i16x8.shl (local.get $swap) (i32.const 1))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r2) (i32.const 1)) (local.get $r3))))
        (local.set $r3 (v128.xor (local.get $r3) (local.get $swap)))
        (local.set $r2 (v128.xor (local.get $r2) (i16x8.shl (local.get $swap) (i32.const 1))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r4) (i32.const 1)) (local.get $r5))))
        (local.set $r5 (v128.xor (local.get $r5) (local.get $swap)))
        (local.set $r4 (v128.xor (local.get $r4) (i16x8.shl (local.get $swap) (i32.const 1))))
        (local.set $swap (v128.and (local.get $mask)
          (v128.xor (i16x8.shr_u (local.get $r6) (i32.const 1)) (local.get $r7))))
        (local.set $r7 (v128.xor (local.get $r7) (local.get $swap)))
        (local.set $r6 (v128.xor (local.get $r6) (i16x8.shl (local.get $swap) (i32.const 1))))
        (local.set $scratch (i32.add (i32.const 1024) (i32.shl (local.get $byte) (i32.const 4))))
        (v128.store (local.get $scratch) (local.get $r0))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r1))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r2))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r3))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r4))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r5))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r6))
        (v128.store (local.tee $scratch (i32.add (local.get $scratch) (local.get $step))) (local.get $r7))
        (br_if $bytes (i32.lt_u
          (local.tee $byte (i32.add (local.get $byte) (i32.const 1))) (local.get $elementBytes))))

      ;; Scratch has 8 rows for each byte of an element, whose columns are the 16 groups: 8 of the bytes of each group at a time.
      (local.set $byte (i32.const 0))
      (local.set $step (i32.shl (local.get $elementBytes) (i32.const 3)))
      (loop $eights
        (local.set $scratch (i32.shl (local.get $byte) (i32.const 7)))
        (local.set $r0 (v128.load offset=1024 (local.get $scratch)))
        (local.set $r1 (v128.load offset=1040 (local.get $scratch)))
        (local.set $r2 (v128.load offset=1056 (local.get $scratch)))
        (local.set $r3 (v128.load offset=1072 (local.get $scratch)))
        (local.set $r4 (v128.load offset=1088 (local.get $scratch)))
        (local.set $r5 (v128.load offset=1104 (local.get $scratch)))
        (local.set $r6 (v128.load offset=1120 (local.get $scratch)))
        (local.set $r7 (v128.load offset=1136 (local.get $scratch)))
        ;; Pairs of bytes, then fours, then eights.
        (local.set $swap (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $r0) (local.get $r1)))
        (local.set $r0 (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $r0) (local.get $r1)))
        (local.set $r1 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $r2) (local.get $r3)))
        (local.set $r2 (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $r2) (local.get $r3)))
        (local.set $r3 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $r4) (local.get $r5)))
        (local.set $r4 (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $r4) (local.get $r5)))
        (local.set $r5 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $r6) (local.get $r7)))
        (local.set $r6 (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $r6) (local.get $r7)))
        (local.set $r7 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $r0) (local.get $r2)))
        (local.set $r0 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $r0) (local.get $r2)))
        (local.set $r2 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $r1) (local.get $r3)))
        (local.set $r1 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $r1) (local.get $r3)))
        (local.set $r3 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $r4) (local.get $r6)))
        (local.set $r4 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $r4) (local.get $r6)))
        (local.set $r6 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $r5) (local.get $r7)))
        (local.set $r5 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $r5) (local.get $r7)))
        (local.set $r7 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $r0) (local.get $r4)))
        (local.set $r0 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $r0) (local.get $r4)))
        (local.set $r4 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $r2) (local.get $r6)))
        (local.set $r2 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $r2) (local.get $r6)))
        (local.set $r6 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $r1) (local.get $r5)))
        (local.set $r1 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $r1) (local.get $r5)))
        (local.set $r5 (local.get $swap))
        (local.set $swap (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $r3) (local.get $r7)))
        (local.set $r3 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $r3) (local.get $r7)))
        (local.set $r7 (local.get $swap))
        (local.set $at (i32.add (local.get $to) (i32.shl (local.get $byte) (i32.const 3))))
        (v128.store64_lane 0 (local.get $at) (local.get $r0))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r0))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r4))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r4))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r2))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r2))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r6))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r6))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r1))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r1))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r5))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r5))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r3))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r3))
        (v128.store64_lane 0 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r7))
        (v128.store64_lane 1 (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $r7))
        (br_if $eights (i32.lt_u
          (local.tee $byte (i32.add (local.get $byte) (i32.const 1))) (local.get $elementBytes))))
      (local.set $to (i32.add (local.get $to) (i32.shl (local.get $elementBytes) (i32.const 7))))
      (br_if $tiles (i32.lt_u
        (local.tee $groups (i32.add (local.get $groups) (i32.const 16))) (local.get $rowBytes)))))

  ;; Unpacks up to $count blocks that lie between $from and $end, each of which gives $blockBytes. Stops before one that is not
  ;; all there or damaged. Returns how many it unpacked.
  (func (export "unpack") (param $from i32) (param $end i32) (param $to i32) (param $count i32) (param $blockBytes i32)
    (param $elementBytes i32) (result i32)
    (local $begin i32) (local $length i32) (local $rowBytes i32) (local $done i32)
    (local.set $begin (local.get $from))
    (local.set $rowBytes (i32.div_u (local.get $blockBytes) (i32.shl (local.get $elementBytes) (i32.const 3))))
    (block $stop
      (loop $blocks
        (br_if $stop (i32.ge_u (local.get $done) (local.get $count)))
        (br_if $stop (i32.lt_u (i32.sub (local.get $end) (local.get $from)) (i32.const 4)))
        (local.set $length (call $bigEndian (local.get $from)))
        (br_if $stop (i32.gt_u
          (local.get $length) (i32.sub (i32.sub (local.get $end) (local.get $from)) (i32.const 4))))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (br_if $stop (i32.eqz (call $decompress
          (local.get $from) (i32.add (local.get $from) (local.get $length))
          (i32.const 4096) (i32.add (i32.const 4096) (local.get $blockBytes)))))
        (call $untranspose (i32.const 4096) (local.get $rowBytes) (local.get $elementBytes) (local.get $to))
        (local.set $from (i32.add (local.get $from) (local.get $length)))
        (global.set $taken (i32.sub (local.get $from) (local.get $begin)))
        (local.set $to (i32.add (local.get $to) (local.get $blockBytes)))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $blocks)))
    (local.get $done)))
