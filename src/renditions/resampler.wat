;; Shrinks pictures whose pixels are 4 bytes. resampler.ts lays out the memory and makes the tables. Pixels are read and
;; written up to 32 bytes beyond their end.
(module
  (memory (export "memory") 1)

  ;; Half the width and half the height: the mean of 4 pixels, rounded up between the rows and down between the columns, so
  ;; that pictures become neither brighter nor darker. $width and $height are those of the result; its rows are written 4
  ;; pixels at a time, one after the other, so that what is written too much is overwritten by the next.
  (func (export "halve") (param $from i32) (param $stride i32) (param $to i32) (param $width i32) (param $height i32)
    (local $x i32) (local $upper i32) (local $left v128) (local $right v128)
    (loop $rows
      (local.set $x (i32.const 0))
      (local.set $upper (local.get $from))
      (loop $columns
        (local.set $left (v128.not (i8x16.avgr_u
          (v128.load (local.get $upper))
          (v128.load (i32.add (local.get $upper) (local.get $stride))))))
        (local.set $right (v128.not (i8x16.avgr_u
          (v128.load offset=16 (local.get $upper))
          (v128.load offset=16 (i32.add (local.get $upper) (local.get $stride))))))
        (v128.store (i32.add (local.get $to) (i32.shl (local.get $x) (i32.const 2)))
          (v128.not (i8x16.avgr_u
            (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $left) (local.get $right))
            (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $left) (local.get $right)))))
        (local.set $upper (i32.add (local.get $upper) (i32.const 32)))
        (br_if $columns (i32.lt_u
          (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
      (local.set $from (i32.add (local.get $from) (i32.shl (local.get $stride) (i32.const 1))))
      (local.set $to (i32.add (local.get $to) (i32.shl (local.get $width) (i32.const 2))))
      (br_if $rows (local.tee $height (i32.sub (local.get $height) (i32.const 1))))))

  ;; One row of the result's height and the original's width: the weighted sum of $taps rows. $weights are 16 bits each,
  ;; their sum is 256, which is why 16 bits hold every sum. 8 pixels at a time.
  (func $mixRows (param $from i32) (param $stride i32) (param $to i32) (param $weights i32) (param $taps i32)
    (local $end i32) (local $pixels i32) (local $weight i32) (local $lastWeight i32)
    (local $row v128) (local $factor v128)
    (local $leftLow v128) (local $leftHigh v128) (local $rightLow v128) (local $rightHigh v128)
    (local.set $end (i32.add (local.get $to) (local.get $stride)))
    (local.set $lastWeight (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 1))))
    (loop $columns
      (local.set $pixels (local.get $from))
      (local.set $weight (local.get $weights))
      (local.set $leftLow (v128.const i16x8 128 128 128 128 128 128 128 128))
      (local.set $leftHigh (local.get $leftLow))
      (local.set $rightLow (local.get $leftLow))
      (local.set $rightHigh (local.get $leftLow))
      (loop $rows
        (local.set $factor (v128.load16_splat (local.get $weight)))
        (local.set $row (v128.load (local.get $pixels)))
        (local.set $leftLow (i16x8.add (local.get $leftLow)
          (i16x8.mul (i16x8.extend_low_i8x16_u (local.get $row)) (local.get $factor))))
        (local.set $leftHigh (i16x8.add (local.get $leftHigh)
          (i16x8.mul (i16x8.extend_high_i8x16_u (local.get $row)) (local.get $factor))))
        (local.set $row (v128.load offset=16 (local.get $pixels)))
        (local.set $rightLow (i16x8.add (local.get $rightLow)
          (i16x8.mul (i16x8.extend_low_i8x16_u (local.get $row)) (local.get $factor))))
        (local.set $rightHigh (i16x8.add (local.get $rightHigh)
          (i16x8.mul (i16x8.extend_high_i8x16_u (local.get $row)) (local.get $factor))))
        (local.set $pixels (i32.add (local.get $pixels) (local.get $stride)))
        (br_if $rows (i32.lt_u
          (local.tee $weight (i32.add (local.get $weight) (i32.const 2))) (local.get $lastWeight))))
      (v128.store (local.get $to) (i8x16.narrow_i16x8_u
        (i16x8.shr_u (local.get $leftLow) (i32.const 8))
        (i16x8.shr_u (local.get $leftHigh) (i32.const 8))))
      (v128.store offset=16 (local.get $to) (i8x16.narrow_i16x8_u
        (i16x8.shr_u (local.get $rightLow) (i32.const 8))
        (i16x8.shr_u (local.get $rightHigh) (i32.const 8))))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (br_if $columns (i32.lt_u
        (local.tee $to (i32.add (local.get $to) (i32.const 32))) (local.get $end)))))

  ;; The pixels of one row of the result, two at a time. Each pair has an entry of $entryBytes in $columns: where the pixels
  ;; of its left and of its right one begin, 8 bytes unused, then weights of 16 bits, each four times over: those of two
  ;; pixels for the left one, those of two for the right one, and so on.
  (func $mixColumns (param $row i32) (param $to i32) (param $width i32) (param $columns i32) (param $entryBytes i32)
    (local $left i32) (local $right i32) (local $weights i32) (local $next i32) (local $end i32)
    (local $leftSum v128) (local $rightSum v128)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $width) (i32.const 2))))
    (local.set $next (local.get $columns))
    (loop $pairs
      (local.set $left (i32.add (local.get $row) (i32.load (local.get $next))))
      (local.set $right (i32.add (local.get $row) (i32.load offset=4 (local.get $next))))
      (local.set $weights (i32.add (local.get $next) (i32.const 16)))
      (local.set $next (i32.add (local.get $next) (local.get $entryBytes)))
      (local.set $leftSum (v128.const i16x8 128 128 128 128 0 0 0 0))
      (local.set $rightSum (local.get $leftSum))
      (loop $taps
        (local.set $leftSum (i16x8.add (local.get $leftSum)
          (i16x8.mul (v128.load8x8_u (local.get $left)) (v128.load (local.get $weights)))))
        (local.set $rightSum (i16x8.add (local.get $rightSum)
          (i16x8.mul (v128.load8x8_u (local.get $right)) (v128.load offset=16 (local.get $weights)))))
        (local.set $left (i32.add (local.get $left) (i32.const 8)))
        (local.set $right (i32.add (local.get $right) (i32.const 8)))
        (br_if $taps (i32.lt_u
          (local.tee $weights (i32.add (local.get $weights) (i32.const 32))) (local.get $next))))
      (local.set $leftSum (i16x8.shr_u
        (i16x8.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $leftSum) (local.get $rightSum))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $leftSum) (local.get $rightSum)))
        (i32.const 8)))
      (v128.store64_lane 0 (local.get $to) (i8x16.narrow_i16x8_u (local.get $leftSum) (local.get $leftSum)))
      (br_if $pairs (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 8))) (local.get $end)))))

  ;; Any smaller size. Each row of the result has an entry of $rowBytes in $rows: the first of its rows, then its weights.
  ;; $row is for one row of the original's width.
  (func (export "resample") (param $from i32) (param $stride i32) (param $to i32) (param $width i32) (param $height i32)
    (param $columns i32) (param $columnBytes i32) (param $rows i32) (param $rowBytes i32) (param $row i32)
    (loop $each
      (call $mixRows
        (i32.add (local.get $from) (i32.mul (i32.load (local.get $rows)) (local.get $stride)))
        (local.get $stride)
        (local.get $row)
        (i32.add (local.get $rows) (i32.const 4))
        (i32.shr_u (i32.sub (local.get $rowBytes) (i32.const 4)) (i32.const 1)))
      (call $mixColumns
        (local.get $row) (local.get $to) (local.get $width) (local.get $columns) (local.get $columnBytes))
      (local.set $to (i32.add (local.get $to) (i32.shl (local.get $width) (i32.const 2))))
      (local.set $rows (i32.add (local.get $rows) (local.get $rowBytes)))
      (br_if $each (local.tee $height (i32.sub (local.get $height) (i32.const 1)))))))
