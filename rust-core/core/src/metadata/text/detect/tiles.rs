//! Long screenshots, cut into screens.

use crate::metadata::error::MetadataError;
use crate::metadata::geometry::{Point, Quad};
use crate::picture::Picture;

/// Up to this ratio of height to width a picture is looked at whole: all phone screens.
const MAX_RATIO: f32 = 2.5;
/// Height of a tile ÷ its width.
const TILE_RATIO: f32 = 2.0;
/// Common part of two tiles ÷ their width: two lines of the largest text of a screen.
const OVERLAP: f32 = 0.2;
/// A longer picture has larger tiles, and its small text is lost.
const MAX_TILES: u32 = 12;

/// Part of a picture that is scrolled top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// First row and number of rows, overlaps included.
    pub(super) top: u32,
    pub(super) height: u32,
    /// Rows whose boxes count in this tile: no box counts twice, and none that counts is
    /// cut by the end of the tile.
    own: (u32, u32),
}

/// The tiles of a picture; one, the whole, for most.
pub(super) fn tiles(width: u32, height: u32) -> Vec<Tile> {
    let ratio = height as f32 / width.max(1) as f32;
    let count = if ratio <= MAX_RATIO { 1 } else { (ratio / TILE_RATIO).ceil() as u32 };
    let count = count.clamp(1, MAX_TILES);
    let margin = if count == 1 { 0 } else { (width as f32 * OVERLAP / 2.0).ceil() as u32 };
    let cut = |index: u32| (u64::from(height) * u64::from(index) / u64::from(count)) as u32;
    let tile = |index| {
        let own = (cut(index), cut(index + 1));
        let top = own.0.saturating_sub(margin);
        Tile { top, height: own.1.saturating_add(margin).min(height) - top, own }
    };
    (0..count).map(tile).collect()
}

impl Tile {
    /// Its rows as a picture of their own.
    pub(super) fn cut(&self, picture: &Picture) -> Result<Picture, MetadataError> {
        let row = picture.width() as usize * 3;
        let (from, to) = (self.top as usize * row, (self.top + self.height) as usize * row);
        let rgb = picture.rgb().get(from..to).unwrap_or_default().to_vec();
        let size = (picture.width(), self.height);
        Ok(Picture::new(picture.width(), self.height, rgb, size)?)
    }

    /// The quad in pixels of the full picture, if it counts in this tile.
    pub(super) fn own(&self, quad: Quad, picture: &Picture) -> Option<Quad> {
        let middle = quad.corners.iter().map(|corner| corner.y).sum::<f32>() / 4.0;
        let row = self.top as f32 + middle;
        if row < self.own.0 as f32 || row >= self.own.1 as f32 {
            return None;
        }
        let (full_width, full_height) = picture.source_size();
        let x = full_width as f32 / picture.width() as f32;
        let y = full_height as f32 / picture.height() as f32;
        let place = |corner: Point| Point { x: corner.x * x, y: (corner.y + self.top as f32) * y };
        Some(Quad { corners: quad.corners.map(place) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::geometry::Rect;

    #[test]
    fn screens_and_photos_are_whole() {
        for (width, height) in [(1080, 2400), (4000, 3000), (1, 1), (5000, 10)] {
            assert_eq!(tiles(width, height), [Tile { top: 0, height, own: (0, height) }]);
        }
    }

    #[test]
    fn every_row_of_a_long_picture_is_owned_once() {
        for (width, height) in [(1080, 6000), (540, 40_000), (1, 70_000), (3, 11)] {
            let tiles = tiles(width, height);
            assert!((2..=MAX_TILES as usize).contains(&tiles.len()));
            assert_eq!((tiles[0].top, tiles[0].own.0), (0, 0));
            for (above, below) in tiles.iter().zip(&tiles[1..]) {
                assert_eq!(above.own.1, below.own.0);
                assert!(above.top + above.height > below.top, "no overlap");
            }
            let last = tiles[tiles.len() - 1];
            assert_eq!((last.top + last.height, last.own.1), (height, height));
        }
    }

    #[test]
    fn a_line_on_a_cut_counts_once() {
        let picture = Picture::new(10, 60, vec![0; 1800], (20, 120)).unwrap();
        let line = Rect { x: 1.0, y: 19.0, width: 8.0, height: 1.5 }.to_quad();
        let counted: Vec<Quad> = tiles(10, 60)
            .iter()
            .filter_map(|tile| {
                let shift = |p: Point| Point { x: p.x, y: p.y - tile.top as f32 };
                tile.own(Quad { corners: line.corners.map(shift) }, &picture)
            })
            .collect();
        let [found] = counted[..] else { panic!("{counted:?}") };
        assert_eq!(found.corners[0], Point { x: 2.0, y: 38.0 });
    }

    #[test]
    fn a_tile_holds_its_rows() {
        let rgb = (0..60u8).flat_map(|row| [row; 30]).collect();
        let picture = Picture::new(10, 60, rgb, (10, 60)).unwrap();
        for tile in tiles(10, 60) {
            let part = tile.cut(&picture).unwrap();
            assert_eq!(u32::from(part.rgb()[0]), tile.top);
            assert_eq!(part.height(), tile.height);
        }
    }
}
