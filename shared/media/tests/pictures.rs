//! The way of a picture from upload to renditions, for valid and for hostile files.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::webp::WebPDecoder};
use image::{codecs::jpeg::JpegEncoder, metadata::Orientation};
use souk_media::{Limits, Rejection, Renditions, inspect_and_render};

const RED: [u8; 3] = [210, 30, 30];
const GREEN: [u8; 3] = [30, 170, 60];
const BLUE: [u8; 3] = [40, 60, 210];
const WHITE: [u8; 3] = [240, 240, 240];

/// Red and green at the top, blue and white at the bottom.
fn quarters(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    }))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&quarters(width, height), ImageFormat::Jpeg)
}

fn render(bytes: &[u8]) -> Result<Renditions, Rejection> {
    inspect_and_render(bytes, &Limits::default())
}

fn widths(renditions: &Renditions) -> Vec<u32> {
    renditions.images.iter().map(|image| image.width).collect()
}

fn opened(webp: &[u8]) -> RgbaImage {
    image::load_from_memory_with_format(webp, ImageFormat::WebP).unwrap().into_rgba8()
}

fn looks_like(found: [u8; 4], wanted: [u8; 3]) -> bool {
    // Lossy compression halves the colour resolution: the tolerance is wide, but tells four colours apart.
    found.iter().zip(wanted).all(|(found, wanted)| found.abs_diff(wanted) < 40)
}

/// Inserts an application segment right after the start of a JPEG, where cameras write theirs.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&jpeg[..2], &[0xFF, marker], &length.to_be_bytes(), content, &jpeg[2..]].concat()
}

fn exif(orientation: u8) -> Vec<u8> {
    // Little-endian TIFF, one directory at 8, one entry: tag 0x0112, type 3 (SHORT), one value; no next directory.
    let tiff = [b'I', b'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
    [b"Exif\0\0".as_slice(), &tiff].concat()
}

/// Returns a PNG chunk with its length and checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [kind.as_slice(), data].concat();
    let crc = checked.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    [&u32::try_from(data.len()).unwrap().to_be_bytes(), checked.as_slice(), &(!crc).to_be_bytes()].concat()
}

/// The signature (8 bytes) and the header chunk (25 bytes) come first in every PNG.
const PNG_HEADER_END: usize = 33;

#[test]
fn every_accepted_format_becomes_webp_in_three_widths() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let renditions = render(&encoded(&quarters(2000, 1500), format)).unwrap();
        assert_eq!((renditions.width, renditions.height), (2000, 1500));
        assert_eq!(widths(&renditions), [320, 800, 1600]);
        for image in &renditions.images {
            assert_eq!(opened(&image.bytes).dimensions(), (image.width, image.width * 3 / 4), "{format:?}");
        }
    }
}

#[test]
fn a_small_picture_is_not_enlarged_and_gets_fewer_renditions() {
    assert_eq!(widths(&render(&jpeg(1000, 700)).unwrap()), [320, 800, 1000]);
    assert_eq!(widths(&render(&jpeg(800, 600)).unwrap()), [320, 800]);
    assert_eq!(widths(&render(&jpeg(64, 64)).unwrap()), [64]);
}

#[test]
fn renditions_are_upright_for_every_orientation() {
    let upright = quarters(400, 300);
    for orientation in 1..=8 {
        let mut stored = upright.clone();
        stored.apply_orientation(match Orientation::from_exif(orientation).unwrap() {
            Orientation::Rotate90 => Orientation::Rotate270,
            Orientation::Rotate270 => Orientation::Rotate90,
            its_own_inverse => its_own_inverse,
        });
        let photo = with_segment(&encoded(&stored, ImageFormat::Jpeg), 0xE1, &exif(orientation));

        let renditions = render(&photo).unwrap();

        assert_eq!((renditions.width, renditions.height), (400, 300), "orientation {orientation}");
        for image in &renditions.images {
            let seen = opened(&image.bytes);
            let (w, h) = seen.dimensions();
            for (x, y, colour) in [(1, 1, RED), (3, 1, GREEN), (1, 3, BLUE), (3, 3, WHITE)] {
                let found = seen.get_pixel(w * x / 4, h * y / 4).0;
                assert!(looks_like(found, colour), "orientation {orientation}, width {w}: {found:?} at {x}/4, {y}/4");
            }
        }
    }
}

#[test]
fn renditions_have_no_metadata_of_the_upload() {
    let secret = b"48.8583N 2.2945E <script>alert(1)</script>";
    let mut photo = with_segment(&jpeg(400, 300), 0xE1, &[&exif(1), secret.as_slice()].concat());
    photo = with_segment(&photo, 0xFE, secret);
    photo.extend_from_slice(b"PK\x03\x04");
    photo.extend_from_slice(secret);

    for image in render(&photo).unwrap().images {
        assert!(!image.bytes.windows(8).any(|window| secret.windows(8).any(|part| part == window)));
        // One chunk of pixels after the 12 bytes of the container's header, and none for EXIF, XMP or a profile.
        assert_eq!(&image.bytes[12..16], b"VP8 ");
        assert_eq!(u32::from_le_bytes(image.bytes[4..8].try_into().unwrap()) as usize, image.bytes.len() - 8);
    }
}

#[test]
fn colours_of_a_wide_gamut_photo_are_kept() {
    // Full green of Display P3 is outside sRGB. A medium green is 128, 200, 100 there and about 99, 203, 84 in sRGB.
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut photo = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut photo, 95);
    image::ImageEncoder::set_icc_profile(&mut encoder, profile).unwrap();
    encoder.encode_image(&RgbImage::from_pixel(200, 200, Rgb([128, 200, 100]))).unwrap();

    let renditions = render(&photo).unwrap();

    let found = opened(&renditions.images[0].bytes).get_pixel(100, 100).0;
    assert!(found[0].abs_diff(99) < 6 && found[1].abs_diff(203) < 6 && found[2].abs_diff(84) < 6, "{found:?}");
}

#[test]
fn transparency_is_kept_and_does_not_bleed_into_the_edges() {
    // A white disc on invisible black: averaged without weights, its edge would turn grey.
    let disc = RgbaImage::from_fn(800, 800, |x, y| {
        let inside = (i64::from(x) - 400).pow(2) + (i64::from(y) - 400).pow(2) < 300 * 300;
        if inside { Rgba([255, 255, 255, 255]) } else { Rgba([0, 0, 0, 0]) }
    });
    let renditions = render(&encoded(&DynamicImage::ImageRgba8(disc), ImageFormat::Png)).unwrap();
    let small = opened(&renditions.images[0].bytes);
    assert_eq!(small.get_pixel(0, 0).0[3], 0);
    for pixel in small.pixels().filter(|pixel| pixel.0[3] > 128) {
        assert!(pixel.0[0] > 200, "{pixel:?}");
    }
}

#[test]
fn the_blur_is_a_thumbhash_of_the_upright_picture() {
    let blur = render(&jpeg(400, 300)).unwrap().blur;
    let hash = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, &blur).unwrap();
    assert!(blur.len() < 40, "{blur}");
    let (width, height, pixels) = thumbhash::thumb_hash_to_rgba(&hash).unwrap();
    let corner: [u8; 4] = pixels[..4].try_into().unwrap();
    assert!(width > height && corner[0] > corner[1] && corner[0] > corner[2], "{corner:?}");
}

#[test]
fn the_same_upload_gives_the_same_renditions() {
    // A message that is delivered twice writes the same objects twice.
    let photo = jpeg(900, 600);
    assert_eq!(render(&photo), render(&photo));
}

#[test]
fn content_that_is_no_picture_is_refused_whatever_its_name() {
    for bytes in [b"".as_slice(), b"#!/bin/sh\n", b"%PDF-1.7\n", b"<html><body>hello</body></html>", &[0; 4096]] {
        assert_eq!(render(bytes), Err(Rejection::NotAnImage));
    }
}

#[test]
fn other_formats_are_refused_by_name() {
    let svg = b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    for (bytes, name) in [(b"GIF89a\x01\0\x01\0".as_slice(), "GIF"), (svg, "SVG"), (heic, "HEIC"), (b"BM____", "BMP")] {
        assert_eq!(render(bytes), Err(Rejection::Unsupported(name.to_owned())));
    }
}

#[test]
fn animated_pictures_are_refused() {
    let png = encoded(&quarters(100, 100), ImageFormat::Png);
    let two_frames_for_ever = chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let apng = [&png[..PNG_HEADER_END], &two_frames_for_ever, &png[PNG_HEADER_END..]].concat();
    assert_eq!(render(&apng), Err(Rejection::Unsupported("animated PNG".to_owned())));

    let (first, second) = (quarters(100, 100).into_rgba8(), RgbaImage::new(100, 100));
    let config = webp::WebPConfig::new().unwrap();
    let mut animation = webp::AnimEncoder::new(100, 100, &config);
    animation.add_frame(webp::AnimFrame::from_rgba(&first, 100, 100, 0));
    animation.add_frame(webp::AnimFrame::from_rgba(&second, 100, 100, 500));
    assert_eq!(render(&animation.encode()), Err(Rejection::Unsupported("animated WebP".to_owned())));
}

#[test]
fn a_truncated_picture_is_refused() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        // Noise, so that the middle of the file is the middle of the pixels.
        let noise = RgbImage::from_fn(200, 200, |x, y| {
            let mixed = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761).to_be_bytes();
            Rgb([mixed[0], mixed[1], mixed[2]])
        });
        let whole = encoded(&DynamicImage::ImageRgb8(noise), format);
        for length in [40, whole.len() / 2, whole.len() * 9 / 10] {
            assert_eq!(render(&whole[..length]), Err(Rejection::Truncated), "{format:?} cut at {length}");
        }
    }
}

#[test]
fn a_damaged_picture_is_refused() {
    let mut png = encoded(&quarters(200, 200), ImageFormat::Png);
    let middle = png.len() / 2;
    png[middle] ^= 0xFF;
    assert_eq!(render(&png), Err(Rejection::Damaged));
}

#[test]
fn a_small_file_that_decompresses_to_gigabytes_is_refused_by_its_header() {
    let png = encoded(&quarters(100, 100), ImageFormat::Png);
    let header = [&50_000u32.to_be_bytes(), &50_000u32.to_be_bytes(), &png[24..29]].concat();
    let bomb = [&png[..8], &chunk(b"IHDR", &header), &png[PNG_HEADER_END..]].concat();
    assert_eq!(render(&bomb), Err(Rejection::TooLarge { pixels: 2_500_000_000 }));
}

/// Returns this many zeros, compressed by RFC 1951 with its fixed codes to a twentieth of a percent.
fn deflated_zeros(count: usize) -> Vec<u8> {
    // One block, the last; a zero; then 258 bytes like the one before them, repeated; the end.
    let again = "1100010100000".repeat(count / 258);
    let bits: Vec<u8> = format!("11000110000{again}0000000").into_bytes();
    let bytes = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0')));
    [0x78, 0x9C].into_iter().chain(bytes).collect()
}

#[test]
fn a_colour_profile_of_a_gigabyte_is_not_decompressed() {
    let png = encoded(&quarters(100, 100), ImageFormat::Png);
    let profile = [b"p\0\0".as_slice(), &deflated_zeros(1_000_000_000)].concat();
    let bomb = [&png[..PNG_HEADER_END], &chunk(b"iCCP", &profile), &png[PNG_HEADER_END..]].concat();
    assert_eq!(widths(&render(&bomb).unwrap()), [100]);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 800_000, "{kilobytes} kB at its height");
}

#[test]
fn the_smallest_side_accepted_is_64_pixels() {
    assert_eq!(render(&jpeg(1000, 63)), Err(Rejection::TooSmall { width: 1000, height: 63 }));
    assert!(render(&jpeg(1000, 64)).is_ok());
}

#[test]
fn a_decoder_finds_no_metadata_in_a_rendition() {
    let photo = with_segment(&jpeg(400, 300), 0xE1, &exif(6));
    for image in render(&photo).unwrap().images {
        let mut decoder = WebPDecoder::new(Cursor::new(image.bytes)).unwrap();
        assert_eq!(decoder.exif_metadata().unwrap(), None);
        assert_eq!(decoder.icc_profile().unwrap(), None);
    }
}
