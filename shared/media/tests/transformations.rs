//! The quality of each transformation, measured with pictures whose ground truth is known.
//!
//! Every picture is processed like a shop's pictures: it is uploaded as JPEG and rendered, and the transformation
//! starts from the largest rendition. `docs/media.md` has these figures.

#![expect(
    clippy::float_arithmetic,
    clippy::unwrap_used,
    reason = "light and colours; a helper that fails is a test that fails"
)]

mod measures;
mod scenes;

use image::{RgbImage, Rgba, RgbaImage, imageops};
use measures::{colour_error, distance_of_masks, encoded, opened, overlap, rgba, shown, similarity};
use scenes::{Background, Chance, Cloth, Scene, Thing, scene, to_byte};
use souk_domain::media::Transformation;
use souk_media::{Limits, Rejection, inspect_and_render, transform};

/// Returns the rendition of an uploaded picture from which a transformation starts.
fn uploaded(picture: &RgbImage) -> Vec<u8> {
    shown(&inspect_and_render(&measures::jpeg(picture), &Limits::default()).unwrap()).to_vec()
}

fn transformed(webp: &[u8], transformation: Transformation) -> RgbaImage {
    opened(shown(&transform(webp, transformation).unwrap()))
}

/// Tells whether the background has the colours of the object.
fn alike(background: Background, cloth: Cloth) -> bool {
    matches!(cloth, Cloth::Light | Cloth::Stripes)
        && matches!(background, Background::Room | Background::Paper | Background::Tiles)
}

/// Returns every object on every background, each in a material that does not have the background's colour.
fn scenes() -> impl Iterator<Item = (String, Scene)> {
    let pairs = Thing::ALL.into_iter().enumerate().flat_map(|(n, thing)| {
        Background::ALL.into_iter().enumerate().map(move |(m, background)| (thing, background, Cloth::ALL[(n + m) % 5]))
    });
    pairs.filter(|&(_, background, cloth)| !alike(background, cloth)).map(|(thing, background, cloth)| {
        (format!("{thing:?}, {cloth:?}, {background:?}"), scene(thing, background, cloth, 600))
    })
}

/// Returns a few very different scenes.
const SOME: [(Thing, Background, Cloth); 5] = [
    (Thing::Mug, Background::White, Cloth::Red),
    (Thing::Shirt, Background::Gradient, Cloth::Stripes),
    (Thing::Chair, Background::Room, Cloth::Green),
    (Thing::Plant, Background::Tiles, Cloth::Light),
    (Thing::Ball, Background::Wood, Cloth::Dark),
];

#[test]
fn background_removal_keeps_the_object() {
    let mut overlaps = Vec::new();
    for (name, scene) in scenes() {
        let found = transformed(&uploaded(&scene.picture), Transformation::RemoveBackground);
        let (overlap, distance) = (overlap(&found, &scene.mask), distance_of_masks(&found, &scene.mask));
        assert!(overlap > 0.88, "{name}: intersection over union is {overlap}");
        assert!(distance < 0.025, "{name}: the transparency is off by {distance} in the mean");
        overlaps.push(overlap);
    }
    let mean = overlaps.iter().sum::<f32>() / overlaps.len() as f32;
    assert!(mean > 0.97, "the mean intersection over union of {} scenes is {mean}", overlaps.len());
}

#[test]
fn the_outline_has_no_colours_of_the_background() {
    let Scene { picture, .. } = scene(Thing::Ball, Background::White, Cloth::Dark, 600);
    let found = transformed(&uploaded(&picture), Transformation::RemoveBackground);
    // A dark ball cut out of white: its half-transparent pixels are as dark as the ball.
    let edge: Vec<_> = found.pixels().filter(|pixel| (40..215).contains(&pixel.0[3])).collect();
    let light = edge.iter().filter(|pixel| pixel.0[0] > 110).count();
    assert!(edge.len() > 500 && light * 20 < edge.len(), "{light} of {} are light", edge.len());
}

#[test]
fn background_removal_is_refused_without_an_object() {
    let plain = RgbImage::from_fn(400, 400, |x, y| image::Rgb([200, 190, (180 + (x + y) / 80) as u8]));
    let refused = transform(&uploaded(&plain), Transformation::RemoveBackground);
    assert_eq!(refused, Err(Rejection::NothingStandsOut));
}

/// Makes a picture darker, discoloured, hazy, slightly out of focus and noisy.
fn spoilt(clean: &RgbImage) -> RgbImage {
    let mut chance = Chance(7);
    let mut spoilt = imageops::blur(clean, 0.7);
    for pixel in spoilt.pixels_mut() {
        let cast = [1.06, 1.0, 0.9];
        pixel.0 = [0, 1, 2].map(|n| to_byte(f32::from(pixel.0[n]) * 0.6 * cast[n] + 18.0 + 7.0 * chance.normal()));
    }
    spoilt
}

#[test]
fn retouching_corrects_bad_light_and_noise() {
    for (thing, background, cloth) in SOME {
        let Scene { clean, .. } = scene(thing, background, cloth, 600);
        let bad = uploaded(&spoilt(&clean));
        let (before, after, truth) = (opened(&bad), transformed(&bad, Transformation::Retouch), rgba(&clean));
        let (from, to) = (similarity(&before, &truth), similarity(&after, &truth));
        assert!(from < 0.76 && to > 0.93, "{thing:?}: structural similarity goes from {from} to {to}");
        let (from, to) = (colour_error(&before, &truth), colour_error(&after, &truth));
        assert!(to < 0.5 * from, "{thing:?}: the colours' error goes from {from} to {to}");
    }
}

#[test]
fn retouching_hardly_changes_a_good_picture() {
    for (thing, background, cloth) in SOME {
        let Scene { clean, .. } = scene(thing, background, cloth, 600);
        let after = transformed(&uploaded(&clean), Transformation::Retouch);
        let (alike, off) = (similarity(&after, &rgba(&clean)), colour_error(&after, &rgba(&clean)));
        assert!(alike > 0.95 && off < 18.0, "{thing:?}: structural similarity {alike}, the colours are off by {off}");
    }
}

#[test]
fn upscaling_is_more_accurate_than_lanczos_alone() {
    for (thing, background, cloth) in SOME {
        let truth = scene(thing, background, cloth, 1200).clean;
        let small = uploaded(&imageops::resize(&truth, 600, 600, imageops::FilterType::Triangle));
        let truth = rgba(&truth);
        let ours = similarity(&transformed(&small, Transformation::Upscale), &truth);
        let lanczos = imageops::resize(&opened(&small), 1200, 1200, imageops::FilterType::Lanczos3);
        let lanczos = inspect_and_render(&encoded(&lanczos), &Limits::default()).unwrap();
        let lanczos = similarity(&opened(shown(&lanczos)), &truth);
        assert!(ours > 0.97 && ours > lanczos, "{thing:?}: {ours}, by Lanczos {lanczos}");
    }
}

#[test]
fn a_picture_is_doubled_up_to_the_widest_rendition_and_a_wide_one_is_refused() {
    let of_width = |width| uploaded(&RgbImage::from_pixel(width, 300, image::Rgb([90, 120, 60])));
    let size = |width| transformed(&of_width(width), Transformation::Upscale).dimensions();
    assert_eq!((size(500), size(1000), size(1280)), ((1000, 600), (1600, 480), (1600, 375)));
    assert_eq!(transform(&of_width(1281), Transformation::Upscale), Err(Rejection::LargeEnough));
}

/// Returns a transparent picture with a red square from `from` to `to`.
fn square(from: u32, to: u32) -> RgbaImage {
    let inside = move |at: u32| (from..to).contains(&at);
    RgbaImage::from_fn(400, 400, |x, y| if inside(x) && inside(y) { Rgba([200, 40, 40, 255]) } else { Rgba([0; 4]) })
}

#[test]
fn a_shadow_is_the_blurred_outline_at_the_lower_right() {
    let found = transformed(&encoded(&square(100, 300)), Transformation::DropShadow);
    assert_eq!(found.dimensions(), (400, 400), "the shadow fits, so the picture is not enlarged");

    // The ground truth, by a Gaussian blur of 8.5 pixels, 5 to the right and 8 down.
    let mut truth = image::GrayImage::from_fn(400, 400, |x, y| {
        let inside = (105..305).contains(&x) && (108..308).contains(&y);
        image::Luma([if inside { 255 } else { 0 }])
    });
    truth = imageops::blur(&truth, 8.5);
    let (mut worst, mut darkest) = (0, 0);
    for (x, y, pixel) in found.enumerate_pixels() {
        let inside = (100..300).contains(&x) && (100..300).contains(&y);
        let shadow = (f32::from(truth.get_pixel(x, y).0[0]) * 0.4) as u8;
        let wanted = if inside { 255 } else { shadow };
        worst = worst.max(wanted.abs_diff(pixel.0[3]));
        darkest = darkest.max(if inside { 0 } else { pixel.0[3] });
        // Compression mixes the colours of neighbours; outside the edge only black remains.
        if !inside && (x > 304 || y > 304) && pixel.0[3] > 20 {
            assert!(pixel.0[0] < 60, "{pixel:?} at {x}, {y}");
        }
    }
    assert!(worst <= 6 && darkest > 60, "off by {worst}; the shadow is {darkest} of 255 at its darkest");
}

#[test]
fn a_picture_is_enlarged_to_fit_its_shadow() {
    let found = transformed(&encoded(&square(2, 398)), Transformation::DropShadow);
    let [right, bottom] = [found.width(), found.height()];
    assert!(right > 420 && bottom > 420, "{right} x {bottom}");
    let edge = found.enumerate_pixels().filter(|(x, y, _)| *x == 0 || *y == 0 || *x == right - 1 || *y == bottom - 1);
    assert!(edge.clone().all(|(_, _, pixel)| pixel.0[3] < 3), "the shadow is not cut off");
}

#[test]
fn a_shadow_is_refused_without_transparency() {
    let opaque = uploaded(&RgbImage::from_pixel(300, 300, image::Rgb([90, 120, 60])));
    assert_eq!(transform(&opaque, Transformation::DropShadow), Err(Rejection::NothingCutOut));
}

#[test]
fn transparency_is_kept() {
    let cut_out = encoded(&square(100, 300));
    for transformation in [Transformation::Retouch, Transformation::Upscale] {
        let found = transformed(&cut_out, transformation);
        let side = found.width();
        assert_eq!(found.get_pixel(side / 8, side / 8).0[3], 0, "{transformation:?}");
        assert_eq!(found.get_pixel(side / 2, side / 2).0[3], 255, "{transformation:?}");
    }
}

#[test]
fn the_same_picture_is_transformed_into_the_same_renditions() {
    // A message that is delivered twice writes the same objects twice.
    let source = uploaded(&scene(Thing::Mug, Background::White, Cloth::Red, 300).picture);
    for transformation in [Transformation::RemoveBackground, Transformation::Retouch, Transformation::Upscale] {
        assert_eq!(transform(&source, transformation), transform(&source, transformation), "{transformation:?}");
    }
}

#[test]
fn strips_and_the_smallest_pictures_can_be_transformed() {
    for (width, height) in [(64, 64), (64, 640), (640, 64)] {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let inside = (width / 4..width * 3 / 4).contains(&x) && (height / 4..height * 3 / 4).contains(&y);
            image::Rgb(if inside { [180, 30, 30] } else { [230, 230, 230] })
        });
        let source = uploaded(&picture);
        for transformation in [Transformation::RemoveBackground, Transformation::Retouch, Transformation::Upscale] {
            transform(&source, transformation).unwrap();
        }
    }
}
