//! Lines cut out of the picture, turned upright.

use super::line_image::LineImage;
use crate::metadata::error::MetadataError;
use crate::metadata::geometry::{Point, Quad};
use crate::picture::Picture;
use crate::preprocess::resize_to;

/// Twice the rows that a recogniser looks at: margins are cut off.
const MAX_HEIGHT: u32 = 96;
/// A line of some 200 letters at the full height.
const MAX_WIDTH: u32 = 8192;

/// The line inside `quad` (in pixels of the full picture), at the size in which the
/// picture is held, reduced where it is taller than a recogniser can use.
pub(super) fn cut_line(picture: &Picture, quad: &Quad) -> Result<LineImage, MetadataError> {
    let corners = quad.corners.map(|corner| to_held_pixels(picture, corner));
    let [top_left, top_right, _, bottom_left] = corners;
    let width = length(top_left.distance(top_right));
    let height = length(top_left.distance(bottom_left));
    let rgb = sample(picture, corners, width, height);
    let line = LineImage { width, height, rgb };
    if height <= MAX_HEIGHT && width <= MAX_WIDTH { Ok(line) } else { reduce(line) }
}

fn length(side: f32) -> u32 {
    (side.round() as u32).max(1)
}

fn to_held_pixels(picture: &Picture, point: Point) -> Point {
    let (width, height) = picture.source_size();
    Point {
        x: point.x * picture.width() as f32 / width.max(1) as f32,
        y: point.y * picture.height() as f32 / height.max(1) as f32,
    }
}

/// Bilinear samples on a grid of `width` × `height` over the parallelogram.
fn sample(picture: &Picture, corners: [Point; 4], width: u32, height: u32) -> Vec<u8> {
    let [origin, right, _, down] = corners;
    let step = |to: Point, count: u32| Point {
        x: (to.x - origin.x) / count as f32,
        y: (to.y - origin.y) / count as f32,
    };
    let (across, along) = (step(right, width), step(down, height));
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for row in 0..height {
        let v = row as f32 + 0.5;
        for column in 0..width {
            let u = column as f32 + 0.5;
            rgb.extend(bilinear(
                picture,
                origin.x + u * across.x + v * along.x - 0.5,
                origin.y + u * across.y + v * along.y - 0.5,
            ));
        }
    }
    rgb
}

/// The colour between four pixel centres; the border repeats.
fn bilinear(picture: &Picture, x: f32, y: f32) -> [u8; 3] {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (fx, fy) = (x - left as f32, y - top as f32);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let pixel = |column: usize, row: usize| -> [u8; 3] {
        let start = (row * width + column) * 3;
        picture.rgb().get(start..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default()
    };
    let mix = |a: u8, b: u8, share: f32| f32::from(a) + (f32::from(b) - f32::from(a)) * share;
    let (a, b, c, d) =
        (pixel(left, top), pixel(right, top), pixel(left, bottom), pixel(right, bottom));
    let mut color = [0; 3];
    let corners = a.into_iter().zip(b).zip(c).zip(d);
    for (value, (((a, b), c), d)) in color.iter_mut().zip(corners) {
        let (upper, lower) = (mix(a, b, fx), mix(c, d, fx));
        *value = (upper + (lower - upper) * fy + 0.5) as u8;
    }
    color
}

/// Within the bounds, antialiased, in its own proportions.
fn reduce(line: LineImage) -> Result<LineImage, MetadataError> {
    let scale = (f64::from(MAX_HEIGHT) / f64::from(line.height))
        .min(f64::from(MAX_WIDTH) / f64::from(line.width));
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let (width, height) = (side(line.width), side(line.height));
    let size = (line.width, line.height);
    let picture = Picture::new(line.width, line.height, line.rgb, size)?;
    Ok(LineImage { width, height, rgb: resize_to(&picture, width, height)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::geometry::Rect;

    /// A page of white with a bar turned by `degrees`: its left half red, its right half
    /// blue, its upper edge black.
    fn page(degrees: f32, source: (u32, u32)) -> (Picture, Quad) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let rgb = (0..200 * 200u32).flat_map(|index| {
            let (dx, dy) = ((index % 200) as f32 - 99.5, (index / 200) as f32 - 99.5);
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            match (u.abs() <= 60.0 && v.abs() <= 12.0, v < -6.0, u < 0.0) {
                (false, ..) => [255, 255, 255],
                (_, true, _) => [0, 0, 0],
                (_, _, true) => [255, 0, 0],
                _ => [0, 0, 255],
            }
        });
        let scale = source.0 as f32 / 200.0;
        let corner = |u: f32, v: f32| Point {
            x: (100.0 + u * cos - v * sin) * scale,
            y: (100.0 + u * sin + v * cos) * scale,
        };
        let quad = Quad {
            corners: [
                corner(-60.0, -12.0),
                corner(60.0, -12.0),
                corner(60.0, 12.0),
                corner(-60.0, 12.0),
            ],
        };
        (Picture::new(200, 200, rgb.collect(), source).unwrap(), quad)
    }

    fn at(line: &LineImage, x: u32, y: u32) -> [u8; 3] {
        let start = ((y * line.width + x) * 3) as usize;
        line.rgb[start..start + 3].try_into().unwrap()
    }

    #[test]
    fn turned_lines_come_out_upright() {
        for degrees in [0.0, 17.0, -33.0, 90.0, 180.0, -90.0] {
            let (picture, quad) = page(degrees, (200, 200));
            let line = cut_line(&picture, &quad).unwrap();
            assert_eq!((line.width, line.height), (120, 24), "{degrees}");
            assert_eq!(at(&line, 60, 2), [0, 0, 0], "{degrees}");
            assert_eq!(at(&line, 20, 18), [255, 0, 0], "{degrees}");
            assert_eq!(at(&line, 100, 18), [0, 0, 255], "{degrees}");
        }
    }

    #[test]
    fn reduced_pictures_are_cut_at_their_own_size() {
        let (picture, quad) = page(0.0, (800, 800));
        let line = cut_line(&picture, &quad).unwrap();
        assert_eq!((line.width, line.height), (120, 24));
        assert_eq!(at(&line, 20, 18), [255, 0, 0]);
    }

    #[test]
    fn tall_lines_are_reduced_in_proportion() {
        let picture = Picture::new(900, 600, vec![77; 900 * 600 * 3], (900, 600)).unwrap();
        let whole = Rect { x: 0.0, y: 0.0, width: 900.0, height: 600.0 };
        let line = cut_line(&picture, &whole.to_quad()).unwrap();
        assert_eq!((line.width, line.height), (144, 96));
        assert!(line.rgb.iter().all(|value| *value == 77));
    }

    #[test]
    fn slivers_and_the_border_give_pixels_not_panics() {
        let picture = Picture::new(1, 1, vec![9, 8, 7], (1, 1)).unwrap();
        for rect in [
            Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 },
            Rect { x: -5.0, y: -5.0, width: 20.0, height: 3.0 },
        ] {
            let line = cut_line(&picture, &rect.to_quad()).unwrap();
            assert_eq!(line.rgb.len(), (line.width * line.height * 3) as usize);
            assert_eq!(at(&line, 0, 0), [9, 8, 7]);
        }
    }
}
