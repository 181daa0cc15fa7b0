//! From the detector's probability map to boxes of text (differentiable
//! binarisation: Liao et al. 2020, "Real-time Scene Text Detection with DBNet").

use super::components::{Run, components};
use super::min_rect::{TurnedRect, min_area_rect};
use crate::metadata::geometry::Point;

/// What PP-OCRv6 publishes with its detector.
const MAP_THRESHOLD: f32 = 0.2;
const BOX_THRESHOLD: f32 = 0.45;
const UNCLIP_RATIO: f32 = 1.4;
/// Sides in map pixels of the smallest region, before and after it is grown.
const MIN_SIDE: f32 = 3.0;
const MIN_UNCLIPPED_SIDE: f32 = 5.0;

/// A map of text probabilities, row by row.
#[derive(Clone, Copy)]
pub(super) struct ProbabilityMap<'a> {
    pub(super) values: &'a [f32],
    pub(super) width: usize,
}

/// A box in pixels of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MapBox {
    pub(super) rect: TurnedRect,
    /// Mean probability of the region, in [0, 1].
    pub(super) score: f32,
}

/// Boxes from top to bottom, at most `limit`.
pub(super) fn boxes(map: ProbabilityMap<'_>, limit: usize) -> Vec<MapBox> {
    let regions = components(map.values, map.width, MAP_THRESHOLD);
    regions.iter().filter_map(|runs| region_box(map, runs)).take(limit).collect()
}

/// Short side in map pixels of the thinnest region above the threshold, be it too small
/// or too faint for a box; `None` without a region.
pub(super) fn thinnest_region(map: ProbabilityMap<'_>) -> Option<f32> {
    let regions = components(map.values, map.width, MAP_THRESHOLD);
    regions.iter().filter_map(|runs| core_rect(runs)).map(|rect| rect.short_side()).reduce(f32::min)
}

fn region_box(map: ProbabilityMap<'_>, runs: &[Run]) -> Option<MapBox> {
    let core = core_rect(runs)?;
    if core.short_side() < MIN_SIDE {
        return None;
    }
    let score = mean_inside(map, &core);
    let rect = core.unclip(UNCLIP_RATIO);
    let kept = score >= BOX_THRESHOLD && rect.short_side() >= MIN_UNCLIPPED_SIDE;
    kept.then_some(MapBox { rect, score })
}

/// The rectangle around the pixel centres of a region.
fn core_rect(runs: &[Run]) -> Option<TurnedRect> {
    // The hull needs the ends of rows only.
    let ends = runs.iter().flat_map(|run| {
        let y = run.row as f32 + 0.5;
        [Point { x: run.start as f32 + 0.5, y }, Point { x: run.end as f32 - 0.5, y }]
    });
    min_area_rect(&ends.collect::<Vec<_>>())
}

/// Mean of the pixels whose centres lie in `rect`; 0 if there are none.
pub(super) fn mean_inside(map: ProbabilityMap<'_>, rect: &TurnedRect) -> f32 {
    let ys = rect.to_quad().corners.map(|corner| corner.y);
    let top = ys.iter().copied().fold(f32::MAX, f32::min).max(0.0) as usize;
    let bottom = ys.iter().copied().fold(0.0, f32::max) as usize;
    let rows = map.values.chunks_exact(map.width.max(1)).enumerate();
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for (row, values) in rows.skip(top).take((bottom + 1).saturating_sub(top)) {
        let Some((from, to)) = rect.span(row as f32 + 0.5) else { continue };
        let from = (from - 0.5).ceil().max(0.0) as usize;
        let to = ((to - 0.5).floor() + 1.0).max(0.0) as usize;
        let inside = values.get(from..to.min(values.len())).unwrap_or_default();
        sum += inside.iter().map(|value| f64::from(*value)).sum::<f64>();
        count += inside.len();
    }
    if count == 0 { 0.0 } else { (sum / count as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 128;

    /// A map that is `value` inside a bar (centre, length, thickness, degrees).
    fn draw(map: &mut [f32], bar: (f32, f32, f32, f32, f32), value: f32) {
        let (x, y, length, thickness, degrees) = bar;
        let (sin, cos) = degrees.to_radians().sin_cos();
        for (index, pixel) in map.iter_mut().enumerate() {
            let dx = (index % SIDE) as f32 + 0.5 - x;
            let dy = (index / SIDE) as f32 + 0.5 - y;
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            if u.abs() <= length / 2.0 && v.abs() <= thickness / 2.0 {
                *pixel = value;
            }
        }
    }

    fn found(bars: &[(f32, f32, f32, f32, f32)], value: f32) -> Vec<MapBox> {
        let mut map = vec![0.0; SIDE * SIDE];
        bars.iter().for_each(|bar| draw(&mut map, *bar, value));
        boxes(ProbabilityMap { values: &map, width: SIDE }, 100)
    }

    #[test]
    fn a_bar_grows_to_the_line_around_it() {
        let [line] = found(&[(64.0, 64.0, 80.0, 10.0, 0.0)], 0.9)[..] else { panic!() };
        assert_eq!(line.rect.center, Point { x: 64.0, y: 64.0 });
        let grown = TurnedRect { width: 79.0, height: 9.0, ..line.rect }.unclip(1.4);
        assert!((line.rect.width - grown.width).abs() < 1e-3, "{line:?}");
        assert!((line.rect.height - grown.height).abs() < 1e-3, "{line:?}");
        assert!((line.score - 0.9).abs() < 1e-5);
    }

    #[test]
    fn turned_bars_keep_their_angle() {
        for degrees in [-30.0, -8.0, 12.0, 40.0] {
            let [line] = found(&[(64.0, 64.0, 90.0, 12.0, degrees)], 0.9)[..] else { panic!() };
            let angle = line.rect.axis.y.atan2(line.rect.axis.x).to_degrees();
            assert!((angle - degrees).abs() < 1.5, "{degrees}: {angle}");
            assert!(line.score > 0.8, "{line:?}");
        }
    }

    #[test]
    fn close_bars_stay_apart_and_touching_ones_become_one() {
        let apart = [(64.0, 40.0, 80.0, 8.0, 0.0), (64.0, 50.0, 80.0, 8.0, 0.0)];
        assert_eq!(found(&apart, 0.9).len(), 2);
        let touching = [(64.0, 40.0, 80.0, 8.0, 0.0), (64.0, 48.0, 80.0, 8.0, 0.0)];
        assert_eq!(found(&touching, 0.9).len(), 1);
    }

    #[test]
    fn faint_thin_and_tiny_regions_are_dropped() {
        assert!(found(&[(64.0, 64.0, 80.0, 10.0, 0.0)], 0.4).is_empty(), "faint");
        assert!(found(&[(64.0, 64.0, 80.0, 2.0, 0.0)], 0.9).is_empty(), "thin");
        assert!(found(&[(64.5, 64.5, 1.0, 1.0, 0.0)], 0.9).is_empty(), "one pixel");
        assert!(found(&[], 0.9).is_empty());
    }

    #[test]
    fn a_full_map_is_one_box_and_odd_maps_are_none() {
        let full = vec![1.0; SIDE * SIDE];
        assert_eq!(boxes(ProbabilityMap { values: &full, width: SIDE }, 9).len(), 1);
        assert!(boxes(ProbabilityMap { values: &[], width: 0 }, 9).is_empty());
        let nan = vec![f32::NAN; SIDE * SIDE];
        assert!(boxes(ProbabilityMap { values: &nan, width: SIDE }, 9).is_empty());
    }

    #[test]
    fn the_thinnest_region_counts_faint_or_not() {
        let mut map = vec![0.0; SIDE * SIDE];
        let thickness = |map: &[f32]| thinnest_region(ProbabilityMap { values: map, width: SIDE });
        assert_eq!(thickness(&map), None);
        draw(&mut map, (64.0, 40.0, 80.0, 12.0, 0.0), 0.9);
        assert_eq!(thickness(&map), Some(11.0));
        draw(&mut map, (64.0, 80.0, 80.0, 4.0, 0.0), 0.3);
        assert_eq!(thickness(&map), Some(3.0));
    }

    #[test]
    fn the_limit_holds() {
        let bars: Vec<_> = (0..9).map(|i| (64.0, 8.0 + 12.0 * i as f32, 80.0, 7.0, 0.0)).collect();
        assert_eq!(found(&bars, 0.9).len(), 9);
        let mut map = vec![0.0; SIDE * SIDE];
        bars.iter().for_each(|bar| draw(&mut map, *bar, 0.9));
        assert_eq!(boxes(ProbabilityMap { values: &map, width: SIDE }, 4).len(), 4);
    }
}
