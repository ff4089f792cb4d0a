;; Loops over the numbers of an array, four at a time. level-loops.ts puts them at the beginning of the memory, 16,384 at
;; most, and NaN behind them up to a multiple of four; the pixels or codes of a block are behind the block.
(module
  (memory (export "memory") 3)

  ;; The smallest number above $floor and the largest below infinity, from those that are known so far. Comparisons with NaN
  ;; are false, so pmin and pmax keep what they have.
  (func (export "extent") (param $count i32) (param $floor f64) (param $min f64) (param $max f64) (result f64 f64)
    (local $at i32) (local $end i32) (local $value v128)
    (local $floors v128) (local $infinities v128) (local $least v128)
    (local $minA v128) (local $minB v128) (local $maxA v128) (local $maxB v128)
    (local.set $floors (f64x2.splat (local.get $floor)))
    (local.set $infinities (f64x2.splat (f64.const inf)))
    (local.set $least (f64x2.splat (f64.const -inf)))
    (local.set $minA (f64x2.splat (local.get $min)))
    (local.set $minB (local.get $minA))
    (local.set $maxA (f64x2.splat (local.get $max)))
    (local.set $maxB (local.get $maxA))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (if (local.get $count) (then
      (loop $numbers
        (local.set $value (v128.load (local.get $at)))
        (local.set $minA (f64x2.pmin (local.get $minA) (v128.bitselect (local.get $value) (local.get $infinities)
          (f64x2.gt (local.get $value) (local.get $floors)))))
        (local.set $maxA (f64x2.pmax (local.get $maxA) (v128.bitselect (local.get $value) (local.get $least)
          (f64x2.lt (local.get $value) (local.get $infinities)))))
        (local.set $value (v128.load offset=16 (local.get $at)))
        (local.set $minB (f64x2.pmin (local.get $minB) (v128.bitselect (local.get $value) (local.get $infinities)
          (f64x2.gt (local.get $value) (local.get $floors)))))
        (local.set $maxB (f64x2.pmax (local.get $maxB) (v128.bitselect (local.get $value) (local.get $least)
          (f64x2.lt (local.get $value) (local.get $infinities)))))
        (br_if $numbers (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end))))))
    (local.set $minA (f64x2.pmin (local.get $minA) (local.get $minB)))
    (local.set $maxA (f64x2.pmax (local.get $maxA) (local.get $maxB)))
    (f64.min (f64x2.extract_lane 0 (local.get $minA)) (f64x2.extract_lane 1 (local.get $minA)))
    (f64.max (f64x2.extract_lane 0 (local.get $maxA)) (f64x2.extract_lane 1 (local.get $maxA))))

  ;; Gray pixels: (number - $from) · $steps, rounded, from 0 to 255; 0 for NaN.
  (func (export "paint") (param $count i32) (param $from f64) (param $steps f64)
    (local $at i32) (local $end i32) (local $to i32)
    (local $froms v128) (local $factors v128) (local $halves v128)
    (local.set $froms (f64x2.splat (local.get $from)))
    (local.set $factors (f64x2.splat (local.get $steps)))
    (local.set $halves (f64x2.splat (f64.const 0.5)))
    (local.set $to (i32.const 131072))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (if (local.get $count) (then
      (loop $numbers
        (v128.store (local.get $to) (v128.or (v128.const i32x4 0xff000000 0xff000000 0xff000000 0xff000000) (i32x4.mul
          (v128.const i32x4 0x10101 0x10101 0x10101 0x10101)
          (i32x4.min_u (v128.const i32x4 255 255 255 255)
            (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
              (i32x4.trunc_sat_f64x2_u_zero (f64x2.add (local.get $halves) (f64x2.mul (local.get $factors)
                (f64x2.sub (v128.load (local.get $at)) (local.get $froms)))))
              (i32x4.trunc_sat_f64x2_u_zero (f64x2.add (local.get $halves) (f64x2.mul (local.get $factors)
                (f64x2.sub (v128.load offset=16 (local.get $at)) (local.get $froms))))))))))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br_if $numbers (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end)))))))

  ;; Codes: 1 + (number - $from) · $steps, rounded, from 1 to 1 + $most; 0 for NaN. Of one byte each, or of two where $wide
  ;; is 1.
  (func (export "quantise") (param $count i32) (param $from f64) (param $steps f64) (param $most i32) (param $wide i32)
    (local $at i32) (local $end i32) (local $to i32) (local $one v128) (local $other v128) (local $codes v128)
    (local $froms v128) (local $factors v128) (local $halves v128) (local $largest v128)
    (local.set $froms (f64x2.splat (local.get $from)))
    (local.set $factors (f64x2.splat (local.get $steps)))
    (local.set $halves (f64x2.splat (f64.const 0.5)))
    (local.set $largest (i32x4.splat (local.get $most)))
    (local.set $to (i32.const 131072))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (if (local.get $count) (then
      (loop $numbers
        (local.set $one (v128.load (local.get $at)))
        (local.set $other (v128.load offset=16 (local.get $at)))
        (local.set $codes (v128.and
          ;; The lower halves of what is all ones where the number equals itself.
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27
            (f64x2.eq (local.get $one) (local.get $one)) (f64x2.eq (local.get $other) (local.get $other)))
          (i32x4.add (v128.const i32x4 1 1 1 1) (i32x4.min_u (local.get $largest)
            (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
              (i32x4.trunc_sat_f64x2_u_zero (f64x2.add (local.get $halves) (f64x2.mul (local.get $factors)
                (f64x2.sub (local.get $one) (local.get $froms)))))
              (i32x4.trunc_sat_f64x2_u_zero (f64x2.add (local.get $halves) (f64x2.mul (local.get $factors)
                (f64x2.sub (local.get $other) (local.get $froms))))))))))
        (local.set $codes (i16x8.narrow_i32x4_u (local.get $codes) (local.get $codes)))
        (if (local.get $wide)
          (then (v128.store64_lane 0 (local.get $to) (local.get $codes)))
          (else (v128.store32_lane 0 (local.get $to) (i8x16.narrow_i16x8_u (local.get $codes) (local.get $codes)))))
        (local.set $to (i32.add (local.get $to) (i32.shl (i32.const 4) (local.get $wide))))
        (br_if $numbers (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end))))))))
