//! Matrix products on slices, and column tiles of one matrix that threads may fill at once.

use std::marker::PhantomData;

/// A read-only matrix over a slice, with any strides.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows` x `cols`, row `r` starting at `r * row_stride`.
    pub(super) fn new(data: &'a [f32], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(rows > 0 && cols > 0 && (rows - 1) * row_stride + cols <= data.len());
        Self { data, rows, cols, row_stride, col_stride: 1 }
    }

    pub(super) fn transposed(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// Columns `start..start + width` of a row-major matrix: no two tiles share an element.
pub(super) struct ColumnTile<'a> {
    first: *mut f32,
    rows: usize,
    width: usize,
    row_stride: usize,
    matrix: PhantomData<&'a mut [f32]>,
}

// SAFETY: a tile is an exclusive borrow of elements that no other tile holds, as `&mut [f32]` is.
#[expect(unsafe_code, reason = "disjoint columns cannot be expressed with slices")]
unsafe impl Send for ColumnTile<'_> {}

/// Cuts the row-major matrix `data` with `cols` columns into tiles of at most `width` columns.
pub(super) fn column_tiles(data: &mut [f32], cols: usize, width: usize) -> Vec<ColumnTile<'_>> {
    assert!(cols > 0 && width > 0 && data.len().is_multiple_of(cols));
    let rows = data.len() / cols;
    let first = data.as_mut_ptr();
    (0..cols)
        .step_by(width)
        .map(|start| ColumnTile {
            // Stays inside the first row, because start < cols.
            first: first.wrapping_add(start),
            rows,
            width: width.min(cols - start),
            row_stride: cols,
            matrix: PhantomData,
        })
        .collect()
}

impl ColumnTile<'_> {
    /// The tile as a matrix of its own: one tile over a whole buffer.
    pub(super) fn whole(data: &mut [f32], cols: usize) -> ColumnTile<'_> {
        assert!(cols > 0 && data.len().is_multiple_of(cols));
        ColumnTile {
            first: data.as_mut_ptr(),
            rows: data.len() / cols,
            width: cols,
            row_stride: cols,
            matrix: PhantomData,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The tile's part of one row.
    pub(super) fn row(&mut self, row: usize) -> &mut [f32] {
        assert!(row < self.rows);
        // SAFETY: row and width are inside the matrix, the elements belong to this tile alone,
        // and the returned borrow holds the tile.
        #[expect(unsafe_code, reason = "disjoint columns cannot be expressed with slices")]
        unsafe {
            std::slice::from_raw_parts_mut(self.first.add(row * self.row_stride), self.width)
        }
    }

    /// `self = lhs * rhs`, or `self += lhs * rhs` when `accumulate`.
    pub(super) fn multiply(&mut self, lhs: Matrix<'_>, rhs: Matrix<'_>, accumulate: bool) {
        assert_eq!((lhs.rows, lhs.cols, rhs.cols), (self.rows, rhs.rows, self.width));
        // SAFETY: all three matrices are inside their memory (checked when they were made), the
        // destination is borrowed exclusively, and the sizes agree.
        #[expect(unsafe_code, reason = "the gemm crate's interface is raw pointers")]
        unsafe {
            gemm::gemm(
                self.rows,
                self.width,
                lhs.cols,
                self.first,
                1,
                self.row_stride as isize,
                accumulate,
                lhs.data.as_ptr(),
                lhs.col_stride as isize,
                lhs.row_stride as isize,
                rhs.data.as_ptr(),
                rhs.col_stride as isize,
                rhs.row_stride as isize,
                1.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_the_matrix_once() {
        let mut data = vec![0.0; 2 * 5];
        for (index, mut tile) in column_tiles(&mut data, 5, 2).into_iter().enumerate() {
            for row in 0..2 {
                for value in tile.row(row) {
                    *value += (index + 1) as f32;
                }
            }
        }
        assert_eq!(data, [1.0, 1.0, 2.0, 2.0, 3.0, 1.0, 1.0, 2.0, 2.0, 3.0]);
    }

    #[test]
    fn products_match_sums_by_hand() {
        let lhs = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // 2 x 3
        let rhs = [1.0, 0.0, 2.0, 1.0, 0.0, 1.0]; // 3 x 2
        let mut out = vec![10.0; 4];
        let mut tile = ColumnTile::whole(&mut out, 2);
        tile.multiply(Matrix::new(&lhs, 2, 3, 3), Matrix::new(&rhs, 3, 2, 2), true);
        assert_eq!(out, [15.0, 15.0, 24.0, 21.0]);
        let mut tile = ColumnTile::whole(&mut out, 2);
        let transposed = Matrix::new(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], 3, 2, 2).transposed();
        tile.multiply(transposed, Matrix::new(&rhs, 3, 2, 2), false);
        assert_eq!(out, [5.0, 5.0, 14.0, 11.0]);
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn a_matrix_larger_than_its_slice_is_refused() {
        let _ = Matrix::new(&[0.0; 5], 2, 3, 3);
    }
}
